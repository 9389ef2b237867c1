// The calls that a connection makes into the protocols, and what it does with their answers.
#include "base/blocking.h"
#include "base/log.h"
#include "http/answer_head.h"
#include "http/connection.h"

namespace tarn::http {
namespace {

/// An unread body up to that size is read and dropped, so that the connection can go on.
constexpr int64_t kDrainedBytesMax = 256 << 10;

/// The last net: what escapes a protocol is answered with 500 and told to the log only.
template <class Call>
std::optional<Response> Guarded(const RequestHead& head, Call call) {
  try {
    return call();
  } catch (const std::exception& error) {
    TARN_LOG_ERROR("{} {} failed: {}", head.method, head.path, error.what());
  } catch (...) {
    TARN_LOG_ERROR("{} {} failed: unknown exception", head.method, head.path);
  }
  return TextAnswer(500, "");
}

}  // namespace

std::optional<Response> Connection::CallAnswer(std::string_view body) {
  return Guarded(parsed_.head, [&] { return exchange_->Answer(body); });
}

std::optional<Response> Connection::CallOpen() {
  return Guarded(parsed_.head, [&] { return exchange_->Open(); });
}

std::optional<Response> Connection::CallConsume(std::span<const char> piece) {
  return Guarded(parsed_.head, [&] { return exchange_->Consume(piece); });
}

Response Connection::CallTooLarge() {
  const auto call = [&] { return std::optional<Response>(exchange_->TooLarge()); };
  return *Guarded(parsed_.head, call);
}

Response Connection::CallBusy() {
  const auto call = [&] { return std::optional<Response>(exchange_->Busy()); };
  return *Guarded(parsed_.head, call);
}

std::unique_ptr<Exchange> Connection::Start() {
  try {
    const NoBlockingScope scope;
    return core_.handler.Start(parsed_.head);
  } catch (const std::exception& error) {
    TARN_LOG_ERROR("{} {} failed: {}", parsed_.head.method, parsed_.head.path, error.what());
  }
  return nullptr;
}

bool Connection::TryAnswerInline(std::string_view body) {
  const NoBlockingScope scope;
  auto response = CallAnswer(body);
  if (!response) return false;
  Send(*std::move(response));
  return true;
}

void Connection::AnswerNow(std::string_view body) {
  auto response = CallAnswer(body);
  if (!response) {
    TARN_LOG_ERROR("{} {} gave no answer", parsed_.head.method, parsed_.head.path);
    response = TextAnswer(500, "");
  }
  Send(*std::move(response));
}

bool Connection::CanDrain() const {
  if (body_.done()) return true;
  return !continue_due_ && body_.left().value_or(kDrainedBytesMax + 1) <= kDrainedBytesMax;
}

void Connection::Send(Response response) {
  const int64_t memory = Sender::MemoryOf(response, socket_.is_tls());
  const bool is_read = parsed_.head.method == "GET" || parsed_.head.method == "HEAD";
  // What a write has done is told whatever it costs.
  if (!answer_lease_.Resize(memory, ByteBudget::Share::kMost) && is_read) response = CallBusy();
  const AnswerForm form{.is_head = parsed_.head.method == "HEAD",
                        .http_1_0 = parsed_.http_1_0,
                        .close = !parsed_.keep_alive || !CanDrain() ||
                                 core_.draining.load(std::memory_order_relaxed)};
  sender_.Begin(std::move(response), form);
  progress_ = sender_.Step(Where::kIoThread);
}

void Connection::SendContinue() {
  if (!continue_due_) return;
  continue_due_ = false;
  if (!input_.empty()) return;  // The body comes already.
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  // Nothing else is in the send buffer, so these bytes fit; if not, the client's own timer helps.
  const IoResult sent = socket_.Write(kContinue, {}, false);
  if (!sent.ok()) TARN_LOG_DEBUG("cannot send 100 Continue to {}", peer_);
}

void Connection::Finish(int status, int64_t body_bytes_sent) {
  if (!exchange_) return;
  try {
    const NoBlockingScope scope;
    exchange_->Finished(status, body_bytes_sent);
  } catch (const std::exception& error) {
    TARN_LOG_ERROR("the end of a request failed: {}", error.what());
  }
}

}  // namespace tarn::http
