#include "http/guarded_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

#include "http/curl_easy.h"

namespace tarn::http {
namespace {

constexpr long kBufferBytes = 64 << 10;
constexpr size_t kHeadBytesMax = 256 << 10;
constexpr int64_t kConnectTimeoutMs = 30'000;

std::string AddressText(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    sockaddr_in v4 = {};
    std::memcpy(&v4, address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  sockaddr_in6 v6 = {};
  std::memcpy(&v6, address, sizeof v6);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
}

/// The name or address that libcurl will take from an address, or ask a proxy for: without user
/// information, brackets, escapes and a dot at the end. Empty if there is none.
std::string HostOf(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&::curl_url_cleanup)> parsed(::curl_url(),
                                                                     ::curl_url_cleanup);
  char* text = nullptr;
  if (parsed == nullptr ||
      ::curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      ::curl_url_get(parsed.get(), CURLUPART_HOST, &text, CURLU_URLDECODE) != CURLUE_OK) {
    return {};
  }
  const std::unique_ptr<char, decltype(&::curl_free)> owner(text, ::curl_free);
  std::string host = text;
  if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
  if (host.ends_with('.')) host.pop_back();
  return host;
}

/// The address that a host is written as, in whatever way; null for a name.
std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> NumberOf(const std::string& host) {
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) found = nullptr;
  return {found, ::freeaddrinfo};
}

/// Whether a proxy, which would be asked for the host without a look, must not be.
bool IsRefusedNumber(const AddressPolicy& policy, const std::string& host) {
  const auto number = NumberOf(host);
  return number != nullptr && !policy.Allows(number->ai_addr);
}

Status Refused(std::string_view address) {
  return {Code::kForbidden,
          "dial tcp " + std::string(address) +
              ": this address may not be called (actions.webhook.allowed_addresses)"};
}

bool IsLoopback(const std::string& host) {
  if (EqualsIgnoreCase(host, "localhost")) return true;
  return NumberOf(host) != nullptr && (host.starts_with("127.") || host == "::1");
}

/// A call under way; libcurl's callbacks get it.
struct Call {
  const GuardedRequest& request;
  const GuardedOptions& options;
  GuardedAnswer answer = {};
  size_t head_bytes = 0;
  bool has_head = false;
  bool is_refused = false, is_cancelled = false, is_head_too_large = false;
  std::string last_address = {};  ///< That a connection was tried to.
};

curl_socket_t OnOpenSocket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& call = *static_cast<Call*>(user);
  call.last_address = AddressText(&address->addr);
  if (!call.options.policy.Allows(&address->addr)) {
    call.is_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  auto& call = *static_cast<Call*>(user);
  call.head_bytes += size;
  if (call.head_bytes > kHeadBytesMax) {
    call.is_head_too_large = true;
    return 0;
  }
  if (call.has_head) return size;  // A trailer.
  std::string_view line(data, size);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  GuardedAnswer& answer = call.answer;
  if (line.starts_with("HTTP/")) {
    answer = {.status_line = std::string(line)};
    const size_t space = line.find(' ');
    const std::string_view digits =
        space == std::string_view::npos ? "" : line.substr(space + 1, 3);
    std::from_chars(digits.data(), digits.data() + digits.size(), answer.status);
  } else if (line.empty()) {
    call.has_head = answer.status >= 200;
  } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
      value.remove_prefix(1);
    answer.headers.emplace_back(line.substr(0, colon), value);
  }
  return size;
}

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto& call = *static_cast<Call*>(user);
  const size_t room = call.options.body_bytes_max - call.answer.body.size();
  call.answer.body.append(data, std::min(size, room));
  call.answer.is_cut = size > room;
  return call.answer.is_cut ? 0 : size;  // No more of it is read then.
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& call = *static_cast<Call*>(user);
  call.is_cancelled = call.request.is_cancelled && call.request.is_cancelled();
  return call.is_cancelled ? 1 : 0;
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return text;
}

/// Why there is no answer, or none to its end.
Status Explain(CURLcode code, CURL* easy, const char* detail, const Call& call) {
  long os_error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
  const std::string system =
      os_error == 0 ? std::string() : LowerCase(std::strerror(static_cast<int>(os_error)));
  const auto fail = [](std::string text) { return Status(Code::kIo, std::move(text)); };
  switch (code) {
    case CURLE_GOT_NOTHING:
      return fail("EOF");
    case CURLE_PARTIAL_FILE:
      return fail("unexpected EOF");
    case CURLE_OPERATION_TIMEDOUT:
      return fail(
          call.has_head
              ? "context deadline exceeded (Client.Timeout or context cancellation while "
                "reading body)"
              : "context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    case CURLE_COULDNT_RESOLVE_HOST:
      return fail("dial tcp: lookup " + HostOf(call.request.url) + ": no such host");
    case CURLE_COULDNT_CONNECT:
      if (system.empty() || call.last_address.empty()) break;
      return fail("dial tcp " + call.last_address + ": connect: " + system);
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      if (call.has_head) return fail("unexpected EOF");
      if (system.empty() || call.last_address.empty()) return fail("EOF");
      return fail("read tcp " + call.last_address + ": " + system);
    default:
      break;
  }
  return fail(*detail != '\0' ? detail : curl_easy_strerror(code));
}

HeaderList SetRequest(CURL* easy, const GuardedRequest& request) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  HeaderList list;
  for (const char* unwanted : {"Expect:", "Accept:", "Content-Type:", "User-Agent: tarn"}) {
    const std::string_view name(unwanted, std::strchr(unwanted, ':'));
    const bool is_given =
        std::any_of(request.headers.begin(), request.headers.end(),
                    [&](const auto& header) { return EqualsIgnoreCase(header.first, name); });
    if (!is_given) AddLine(&list, unwanted);
  }
  for (const auto& [name, value] : request.headers) AddHeader(&list, name, value);
  if (request.has_body) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list.get());
  return list;
}

/// What would end a header would begin another one, or another request.
Status CheckHeaders(const GuardedRequest& request) {
  constexpr std::string_view kEnds("\r\n\0", 3);
  for (const auto& [name, value] : request.headers) {
    if (name.find_first_of(kEnds) == std::string::npos &&
        value.find_first_of(kEnds) == std::string::npos) {
      continue;
    }
    return {Code::kIo, "net/http: invalid header field value for \"" +
                           name.substr(0, name.find_first_of(kEnds)) + "\""};
  }
  return {};
}

void SetGuards(CURL* easy, Call* call) {
  ClientOptions transport;
  transport.connect_timeout_ms = kConnectTimeoutMs;
  // As the reference: whoever runs here is called without a proxy.
  transport.use_proxies = !IsLoopback(HostOf(call->request.url));
  SetTransport(easy, transport, kBufferBytes);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call->request.timeout_ms));
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, OnOpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, OnProgress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, call);
}

}  // namespace

std::string_view GuardedAnswer::Get(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

Result<GuardedAnswer> GuardedClient::Do(const GuardedRequest& request) const {
  const std::string host = HostOf(request.url);
  if (IsRefusedNumber(options_.policy, host)) return Refused(host);
  TARN_TRY(CheckHeaders(request));
  const Easy easy = NewEasy();
  if (!easy) return Status(Code::kInternal, "cannot set up the HTTP client");
  Call call{.request = request, .options = options_};
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, detail);
  SetGuards(easy.get(), &call);
  const HeaderList headers = SetRequest(easy.get(), request);
  const CURLcode code = curl_easy_perform(easy.get());
  if (code == CURLE_OK || (call.answer.is_cut && call.has_head)) return std::move(call.answer);
  if (call.is_cancelled) return Status(Code::kCancelled, "context canceled");
  if (call.is_head_too_large) {
    return Status(Code::kIo, "net/http: server response headers exceeded " +
                                 std::to_string(kHeadBytesMax) + " bytes; aborted");
  }
  if (call.is_refused && !call.has_head) {
    return Refused(call.last_address);
  }
  Status why = Explain(code, easy.get(), detail, call);
  if (!call.has_head) return why;
  call.answer.broken = std::move(why);
  return std::move(call.answer);
}

}  // namespace tarn::http
