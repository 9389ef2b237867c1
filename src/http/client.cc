#include "http/client.h"

#include <algorithm>

#include "http/curl_easy.h"

namespace tarn::http {
namespace {

constexpr long kBufferBytes = 256 << 10;

/// What one call gathers; libcurl's callbacks get it.
struct Call {
  const ClientRequest& request;
  const Client::Sink* sink = nullptr;
  int64_t body_bytes_max = 0;
  ClientResponse response;
  Status failure;  ///< Of the sink, the source or a limit.

  bool to_sink() const {
    return sink != nullptr && response.status >= 200 && response.status < 300;
  }
};

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  auto& call = *static_cast<Call*>(user);
  return TakeHeadLine({data, size}, &call.response) ? size : 0;
}

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto& call = *static_cast<Call*>(user);
  if (call.to_sink()) {
    call.failure = (*call.sink)({data, size});
    return call.failure.ok() ? size : 0;
  }
  if (static_cast<int64_t>(call.response.body.size() + size) > call.body_bytes_max) {
    call.failure = Status(Code::kTooLarge, "the server's answer is larger than " +
                                               std::to_string(call.body_bytes_max) + " bytes");
    return 0;
  }
  call.response.body.append(data, size);
  return size;
}

size_t OnRead(char* out, size_t, size_t room, void* user) {
  auto& call = *static_cast<Call*>(user);
  auto got = call.request.source->Read({out, room});
  if (got.ok()) return *got;
  call.failure = std::move(got).status();
  return CURL_READFUNC_ABORT;
}

}  // namespace

std::optional<std::string_view> ClientResponse::Find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return std::nullopt;
}

class Client::Impl {
 public:
  explicit Impl(ClientOptions options) : options_(std::move(options)), easy_(NewEasy()) {}

  Result<ClientResponse> Run(const ClientRequest& request, const Sink* sink) {
    if (!easy_) return Status(Code::kInternal, "cannot set up the HTTP client");
    CURL* const easy = easy_.get();
    curl_easy_reset(easy);  // Options only: the connection stays.
    Call call{.request = request, .sink = sink, .body_bytes_max = options_.body_bytes_max};
    char detail[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
    SetTransport(easy, options_, kBufferBytes);
    SetLimits(easy);
    const HeaderList headers = SetRequest(easy, &call);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
    const CURLcode code = curl_easy_perform(easy);
    if (!call.failure.ok()) return std::move(call.failure);
    if (code != CURLE_OK) return Explain(code, detail, request.url);
    return std::move(call.response);
  }

 private:
  void SetLimits(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.call_timeout_ms));
    if (options_.stall_timeout_ms > 0) {
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                       static_cast<long>(std::max<int64_t>(1, options_.stall_timeout_ms / 1000)));
    }
  }

  /// Method, body and headers; the list must live as long as the call.
  HeaderList SetRequest(CURL* easy, Call* call) {
    const ClientRequest& request = call->request;
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    HeaderList list;
    for (const auto& [name, value] : request.headers) AddHeader(&list, name, value);
    if (request.source != nullptr) {
      curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, OnRead);
      curl_easy_setopt(easy, CURLOPT_READDATA, call);
      curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                       static_cast<curl_off_t>(request.source_length.value_or(-1)));
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
      AddLine(&list, "Expect:");
      const bool typed = std::any_of(
          request.headers.begin(), request.headers.end(),
          [](const auto& header) { return EqualsIgnoreCase(header.first, "Content-Type"); });
      if (!typed) AddLine(&list, "Content-Type:");  // Not the library's guess.
    } else if (request.method == "HEAD") {
      curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    return list;
  }

  const ClientOptions options_;
  const Easy easy_;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

Result<ClientResponse> Client::Do(const ClientRequest& request) {
  return impl_->Run(request, nullptr);
}

Result<ClientResponse> Client::Download(const ClientRequest& request, const Sink& sink) {
  return impl_->Run(request, &sink);
}

}  // namespace tarn::http
