#include "s3gw/operations/fallback.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "s3gw/answer.h"
#include "serving/host.h"
#include "serving/sandbox.h"

namespace tarn::s3gw {
namespace {

constexpr int kBadGateway = 502;
constexpr int kClientGoneStatus = 499;

/// Headers about one connection, which a proxy must not pass on, besides Proxy-*.
constexpr std::string_view kConnectionHeaders[] = {"Connection", "Keep-Alive",        "TE",
                                                   "Trailer",    "Transfer-Encoding", "Upgrade"};

constexpr std::string_view kForwardedFor = "X-Forwarded-For";

bool StartsWithIgnoreCase(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && http::EqualsIgnoreCase(text.substr(0, start.size()), start);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return lower;
}

/// The headers of a message that are about its connection: by name, or because Connection names
/// them.
class ConnectionHeaders {
 public:
  template <class Headers>
  explicit ConnectionHeaders(const Headers& headers) {
    for (const auto& [name, value] : headers)
      if (http::EqualsIgnoreCase(name, "Connection")) AddList(value);
  }
  bool Has(std::string_view name) const {
    if (StartsWithIgnoreCase(name, "Proxy-")) return true;
    for (const std::string_view known : kConnectionHeaders)
      if (http::EqualsIgnoreCase(name, known)) return true;
    return !named_.empty() && named_.contains(Lower(name));
  }

 private:
  void AddList(std::string_view list) {
    while (!list.empty()) {
      const size_t comma = list.find(',');
      named_.insert(Lower(Trim(list.substr(0, comma), " \t")));
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
  }
  std::set<std::string> named_;  // lower case
};

/// What of an answer reaches the client: what is about the object and the request. All else could
/// rule our origin in a browser: cookies, policies, CORS, HSTS, service workers, reporting,
/// redirections by Refresh and Link, and whatever is invented next.
constexpr std::string_view kPassedOn[] = {
    "Accept-Ranges",
    "Age",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-MD5",
    "Content-Range",
    "Content-Type",
    "Date",
    "ETag",
    "Expires",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Server",
    "Vary",
    "X-Request-Id",
    "X-Trans-Id",
};
/// Names that the S3 servers of this world begin their own headers with.
constexpr std::string_view kPassedOnStarts[] = {"x-amz-", "x-minio-", "x-rgw-", "x-goog-",
                                                "x-oss-", "x-cos-",   "x-obs-", "x-bz-"};

bool IsPassedOn(std::string_view name) {
  for (const std::string_view known : kPassedOn)
    if (http::EqualsIgnoreCase(name, known)) return true;
  for (const std::string_view start : kPassedOnStarts)
    if (StartsWithIgnoreCase(name, start)) return true;
  return false;
}

/// "address:port" without the port and the brackets of IPv6.
std::string_view AddressOf(std::string_view peer) {
  std::string_view address = peer.substr(0, peer.rfind(':'));
  if (address.starts_with('[')) address = address.substr(1, address.find(']') - 1);
  return address;
}

std::string Forwarded(const http::RequestHead& head) {
  std::string addresses;
  for (const auto& [name, value] : head.headers)
    if (http::EqualsIgnoreCase(name, kForwardedFor)) addresses.append(value).append(", ");
  return addresses.append(AddressOf(head.peer));
}

std::optional<int64_t> LengthOf(const http::ClientResponse& answer) {
  if (answer.Find("Transfer-Encoding")) return std::nullopt;
  const std::string_view text = answer.Find("Content-Length").value_or("");
  int64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size() || length < 0) return std::nullopt;
  return length;
}

/// The body of an answer, read while it is sent.
class ForeignBody : public http::BodySource {
 public:
  ForeignBody(std::shared_ptr<void> place, std::unique_ptr<http::Transfer> transfer)
      : place_(std::move(place)), transfer_(std::move(transfer)) {}
  Result<size_t> Read(std::span<char> out) override { return transfer_->Read(out); }

 private:
  const std::shared_ptr<void> place_;
  const std::unique_ptr<http::Transfer> transfer_;
};

}  // namespace

Result<FallbackUrl> ReadFallbackUrl(std::string_view text) {
  const Status bad(Code::kInvalidValue,
                   "must be an http:// or https:// URL without user, query and fragment, not \"" +
                       std::string(text) + "\"");
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad;
  const std::string_view scheme = text.substr(0, scheme_end);
  if (scheme != "http" && scheme != "https") return bad;
  const bool has_odd_bytes = std::any_of(text.begin(), text.end(),
                                         [](char c) { return c <= ' ' || c > '~' || c == '\\'; });
  if (has_odd_bytes || text.find_first_of("@?#") != std::string_view::npos) return bad;
  const size_t host_begin = scheme_end + 3;
  const size_t host_end = std::min(text.find('/', host_begin), text.size());
  FallbackUrl url;
  url.origin = text.substr(0, host_end);
  url.host = text.substr(host_begin, host_end - host_begin);
  url.path = text.substr(host_end);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (serving::HostWithoutPort(url.host).empty()) return bad;
  return url;
}

std::string ForeignHost(std::string_view host, std::span<const std::string> domains,
                        std::string_view fallback_host) {
  for (const std::string& domain : domains) {
    const std::string_view bare = serving::HostWithoutPort(domain);
    const auto found =
        std::search(host.begin(), host.end(), bare.begin(), bare.end(), [](char a, char b) {
          return http::EqualsIgnoreCase({&a, 1}, {&b, 1});
        });
    if (bare.empty() || found == host.end()) continue;
    const auto begin = static_cast<size_t>(found - host.begin());
    std::string_view rest = host.substr(begin + bare.size());
    if (rest.starts_with(':')) rest = {};
    return std::string(host.substr(0, begin)).append(fallback_host).append(rest);
  }
  return std::string(host);
}

std::vector<std::pair<std::string, std::string>> ForeignHeaders(
    const http::RequestHead& head, std::span<const std::string> domains,
    std::string_view fallback_host) {
  std::vector<std::pair<std::string, std::string>> headers;
  headers.emplace_back("Host", ForeignHost(head.Get("Host"), domains, fallback_host));
  const ConnectionHeaders of_connection(head.headers);
  for (const auto& [name, value] : head.headers) {
    const bool is_ours = http::EqualsIgnoreCase(name, "Host") ||
                         http::EqualsIgnoreCase(name, "Content-Length") ||
                         http::EqualsIgnoreCase(name, kForwardedFor);
    const bool is_idle = http::EqualsIgnoreCase(name, "Expect") && !head.has_body();
    if (is_ours || is_idle || of_connection.Has(name)) continue;
    headers.emplace_back(name, value);
  }
  headers.emplace_back(kForwardedFor, Forwarded(head));
  return headers;
}

http::Response ForeignAnswer(const http::ClientResponse& answer) {
  http::Response response;
  response.status = answer.status;
  response.has_date = answer.Find("Date").has_value();
  const ConnectionHeaders of_connection(answer.headers);
  for (const auto& [name, value] : answer.headers)
    if (IsPassedOn(name) && !of_connection.Has(name)) response.Add(name, value);
  serving::AddSandbox(&response);
  return response;
}

ForeignCall::ForeignCall(std::shared_ptr<void> place, std::unique_ptr<http::Transfer> transfer,
                         const http::RequestHead& head)
    : place_(std::move(place)),
      transfer_(std::move(transfer)),
      head_(head),
      has_body_(head.has_body() && head.method != "HEAD") {}

std::optional<http::Response> ForeignCall::Open() {
  if (!has_body_) return std::nullopt;
  if (const Status begun = transfer_->Begin(); !begun.ok()) return Failed(begun);
  if (transfer_->refused()) return Answer();
  return std::nullopt;
}

std::optional<http::Response> ForeignCall::Take(std::span<const char> bytes) {
  if (!has_body_) return std::nullopt;
  if (const Status written = transfer_->Write(bytes); !written.ok()) return Failed(written);
  if (transfer_->refused()) return Answer();
  return std::nullopt;
}

http::Response ForeignCall::Finish() {
  if (const Status finished = transfer_->Finish(); !finished.ok()) return Failed(finished);
  return Answer();
}

http::Response ForeignCall::Failed(const Status& status) const {
  if (status.code() == Code::kCancelled) return EmptyAnswer(kClientGoneStatus);
  TARN_LOG_WARN("{} {} not passed on: {}", head_.method, head_.path, status.ToString());
  return EmptyAnswer(kBadGateway);
}

http::Response ForeignCall::Answer() {
  http::Response response = ForeignAnswer(transfer_->answer());
  const auto length = LengthOf(transfer_->answer());
  if (head_.method == "HEAD") {
    response.announced_length = length;
    response.body = http::StreamBody{};
  } else {
    auto body = std::make_unique<ForeignBody>(std::move(place_), std::move(transfer_));
    response.body = http::StreamBody{std::move(body), length};
  }
  return response;
}

Fallback::Fallback(FallbackUrl url, std::vector<std::string> domains)
    : url_(std::move(url)),
      domains_(std::move(domains)),
      client_({.connect_timeout_ms = kForeignConnectTimeoutMs,
               .stall_timeout_ms = kForeignStallTimeoutMs}) {}

Result<std::unique_ptr<ForeignCall>> Fallback::Start(const http::RequestHead& head) {
  std::shared_ptr<void> place(nullptr, [this](void*) { --calls_; });
  if (++calls_ > kForeignCallsMax)
    return Status(Code::kSlowDown, "too many requests are being passed on");
  http::TransferRequest request;
  request.method = head.method;
  request.url = url_.origin;
  request.target.append(url_.path).append(head.path);
  if (!head.query.empty()) request.target.append("?").append(head.query);
  request.headers = ForeignHeaders(head, domains_, url_.host);
  request.has_body = head.has_body() && head.method != "HEAD";
  request.body_length = head.content_length;
  request.is_abandoned = [&head] { return head.client_left(); };
  TARN_TRY_ASSIGN(auto transfer, client_.Start(std::move(request)));
  return std::unique_ptr<ForeignCall>(new ForeignCall(std::move(place), std::move(transfer), head));
}

}  // namespace tarn::s3gw
