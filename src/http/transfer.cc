#include "http/transfer.h"

#include <algorithm>
#include <cstring>

#include "base/clock.h"
#include "base/sync.h"
#include "http/curl_easy.h"

namespace tarn::http {
namespace {

constexpr long kBufferBytes = 64 << 10;
/// While the server is waited for: so often it is looked whether anybody still wants the answer.
constexpr int kLookMs = 1000;
constexpr int kRefusalStatusMin = 300;

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// A handle with the connection of its last call.
struct Session {
  std::string server;  ///< "scheme://host:port".
  std::unique_ptr<CURLM, FreeMulti> multi;
  Easy easy;  ///< Freed first.
};

}  // namespace

class TransferClient::Impl {
 public:
  explicit Impl(ClientOptions client_options) : options(std::move(client_options)) {}

  /// A session that has a connection to that server, or a new one.
  Session Take(const std::string& server) {
    {
      const MutexLock lock(mutex_);
      const auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                                      [&](const Session& idle) { return idle.server == server; });
      if (found != idle_.rend()) {
        Session session = std::move(*found);
        idle_.erase(std::next(found).base());
        return session;
      }
    }
    Session session{server, nullptr, NewEasy()};
    session.multi.reset(curl_multi_init());
    return session;
  }

  void GiveBack(Session session) {
    Session oldest;  // Closed without the lock.
    const MutexLock lock(mutex_);
    if (idle_.size() == kIdleTransferConnectionsMax) {
      oldest = std::move(idle_.front());
      idle_.erase(idle_.begin());
    }
    idle_.push_back(std::move(session));
  }

  const ClientOptions options;

 private:
  Mutex mutex_;
  std::vector<Session> idle_ TARN_GUARDED_BY(mutex_);  // Oldest first.
};

class Transfer::Impl {
 public:
  Impl(TransferClient::Impl& client, TransferRequest request)
      : client_(client), request_(std::move(request)) {}

  ~Impl() {
    if (!is_added_) return;
    curl_multi_remove_handle(session_.multi.get(), easy());
    curl_easy_reset(easy());
    if (is_over_ && failure_.ok()) client_.GiveBack(std::move(session_));
  }

  Status Start() {
    session_ = client_.Take(request_.url);
    if (!session_.easy || !session_.multi) {
      return {Code::kInternal, "cannot set up the HTTP client"};
    }
    SetTransport(easy(), client_.options, kBufferBytes);
    SetRequest();
    SetCallbacks();
    is_added_ = curl_multi_add_handle(session_.multi.get(), easy()) == CURLM_OK;
    return is_added_ ? Status() : Status(Code::kInternal, "cannot set up the HTTP client");
  }

  Status Begin() {
    return Run([this] { return is_body_wanted_ || is_answered_; });
  }

  Status Write(std::span<const char> bytes) {
    to_send_ = bytes;
    Status status = Run([this] { return to_send_.empty() || refused(); });
    to_send_ = {};
    return status;
  }

  Status Finish() {
    is_body_complete_ = true;
    TARN_TRY(Run([this] { return is_answered_; }));
    if (!is_answered_) return Fail({Code::kIo, "no answer from " + request_.url});
    return {};
  }

  bool refused() const { return is_answered_ && answer_.status >= kRefusalStatusMin; }
  const ClientResponse& answer() const { return answer_; }

  Result<size_t> Read(std::span<char> out) {
    out_ = out;
    TakeKept();
    Status status =
        out_.size() < out.size() ? Status() : Run([&] { return out_.size() < out.size(); });
    const size_t got = out.size() - out_.size();
    out_ = {};
    if (got == 0 && !status.ok()) return status;
    return got;
  }

 private:
  CURL* easy() const { return session_.easy.get(); }

  void SetRequest() {
    CURL* const handle = easy();
    const std::string& method = request_.method;
    curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_REQUEST_TARGET, request_.target.c_str());
    // A proxy gets a tunnel, since the target cannot be made absolute; its own answers are not
    // ours.
    curl_easy_setopt(handle, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    const auto has = [this](std::string_view name) {
      return std::any_of(request_.headers.begin(), request_.headers.end(),
                         [&](const auto& header) { return EqualsIgnoreCase(header.first, name); });
    };
    for (const char* added : {"Accept:", "Content-Type:", "Expect:", "User-Agent:"}) {
      if (!has({added, std::strlen(added) - 1})) AddLine(&headers_, added);
    }
    for (const auto& [name, value] : request_.headers) AddHeader(&headers_, name, value);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
    if (method == "HEAD") {
      curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (request_.has_body) {
      curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE,
                       static_cast<curl_off_t>(request_.body_length.value_or(-1)));
    } else if (method == "POST" || method == "PUT") {
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "");
    }
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
  }

  void SetCallbacks() {
    CURL* const handle = easy();
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail_);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, OnHeader);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, OnBody);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, OnRead);
    curl_easy_setopt(handle, CURLOPT_READDATA, this);
  }

  /// Lets the call go on until `done`, or its end; a failure stays.
  template <class Done>
  Status Run(Done done) {
    TARN_TRY(failure_);
    if (is_over_ || done()) return {};
    curl_easy_pause(easy(), CURLPAUSE_CONT);
    int64_t last_moved_ms = SystemClock().MonotonicMs();
    for (;;) {
      int running = 0;
      const CURLMcode code = curl_multi_perform(session_.multi.get(), &running);
      if (code != CURLM_OK) return Fail({Code::kInternal, curl_multi_strerror(code)});
      TARN_TRY(TakeEnd());
      if (is_over_ || done()) return {};
      const int64_t now_ms = SystemClock().MonotonicMs();
      if (std::exchange(has_moved_, false)) last_moved_ms = now_ms;
      if (client_.options.stall_timeout_ms > 0 &&
          now_ms - last_moved_ms > client_.options.stall_timeout_ms) {
        return Fail({Code::kIo, "nothing moved for " +
                                    std::to_string(client_.options.stall_timeout_ms) +
                                    " ms in a call to " + request_.url});
      }
      if (request_.is_abandoned && request_.is_abandoned()) return Fail(Status(Code::kCancelled));
      curl_multi_poll(session_.multi.get(), nullptr, 0, kLookMs, nullptr);
    }
  }

  /// Takes note when the library is done with the call.
  Status TakeEnd() {
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(session_.multi.get(), &left);
    if (message == nullptr || message->msg != CURLMSG_DONE) return {};
    is_over_ = true;
    if (!callback_failure_.ok()) return Fail(callback_failure_);
    const CURLcode code = message->data.result;
    return code == CURLE_OK ? Status() : Fail(Explain(code, detail_, request_.url));
  }

  Status Fail(Status failure) {
    failure_ = std::move(failure);
    return failure_;
  }

  void TakeKept() {
    const size_t size = std::min(out_.size(), kept_.size() - kept_begin_);
    std::memcpy(out_.data(), kept_.data() + kept_begin_, size);
    out_ = out_.subspan(size);
    kept_begin_ += size;
    if (kept_begin_ < kept_.size()) return;
    kept_.clear();
    kept_begin_ = 0;
  }

  static size_t OnHeader(char* data, size_t, size_t size, void* user) {
    auto& self = *static_cast<Impl*>(user);
    self.has_moved_ = true;
    if (self.is_answered_) return size;  // A trailer.
    self.head_bytes_ += size;
    if (self.head_bytes_ > kTransferHeadBytesMax) {
      self.callback_failure_ =
          Status(Code::kIo, "the head of the answer from " + self.request_.url + " is too large");
      return 0;
    }
    const std::string_view line(data, size);
    if (line != "\r\n" && line != "\n") return TakeHeadLine(line, &self.answer_) ? size : 0;
    self.is_answered_ = self.answer_.status >= 200;
    return size;
  }

  static size_t OnBody(char* data, size_t, size_t size, void* user) {
    auto& self = *static_cast<Impl*>(user);
    if (self.out_.empty()) return CURL_WRITEFUNC_PAUSE;
    self.has_moved_ = true;
    const size_t taken = std::min(size, self.out_.size());
    std::memcpy(self.out_.data(), data, taken);
    self.out_ = self.out_.subspan(taken);
    self.kept_.append(data + taken, size - taken);
    return size;
  }

  static size_t OnRead(char* out, size_t, size_t room, void* user) {
    auto& self = *static_cast<Impl*>(user);
    self.is_body_wanted_ = true;
    if (self.to_send_.empty()) return self.is_body_complete_ ? 0 : CURL_READFUNC_PAUSE;
    self.has_moved_ = true;
    const size_t taken = std::min(room, self.to_send_.size());
    std::memcpy(out, self.to_send_.data(), taken);
    self.to_send_ = self.to_send_.subspan(taken);
    return taken;
  }

  TransferClient::Impl& client_;
  const TransferRequest request_;
  Session session_;
  HeaderList headers_;
  char detail_[CURL_ERROR_SIZE] = "";

  bool is_added_ = false;
  bool is_over_ = false;  ///< The library is done with the call.
  Status failure_;
  Status callback_failure_;  ///< Why a callback ended the call.
  bool has_moved_ = false;

  bool is_body_wanted_ = false, is_body_complete_ = false;
  std::span<const char> to_send_;

  size_t head_bytes_ = 0;
  bool is_answered_ = false;
  ClientResponse answer_;
  std::span<char> out_;  ///< What is left of the reader's buffer.
  std::string kept_;     ///< Of the answer's body, what had no place in it.
  size_t kept_begin_ = 0;
};

Transfer::Transfer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transfer::~Transfer() = default;

Status Transfer::Begin() { return impl_->Begin(); }
Status Transfer::Write(std::span<const char> bytes) { return impl_->Write(bytes); }
Status Transfer::Finish() { return impl_->Finish(); }
bool Transfer::refused() const { return impl_->refused(); }
const ClientResponse& Transfer::answer() const { return impl_->answer(); }
Result<size_t> Transfer::Read(std::span<char> out) { return impl_->Read(out); }

TransferClient::TransferClient(ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
TransferClient::~TransferClient() = default;

Result<std::unique_ptr<Transfer>> TransferClient::Start(TransferRequest request) {
  auto impl = std::make_unique<Transfer::Impl>(*impl_, std::move(request));
  TARN_TRY(impl->Start());
  return std::unique_ptr<Transfer>(new Transfer(std::move(impl)));
}

}  // namespace tarn::http
