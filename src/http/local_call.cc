#include "http/local_call.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace tarn::http {
namespace {

constexpr size_t kPieceBytes = 64 << 10;

RequestHead HeadOf(const LocalRequest& request) {
  RequestHead head;
  head.method = request.method;
  head.target = request.target;
  head.path = head.target.substr(0, head.target.find('?'));
  if (head.path.size() < head.target.size()) head.query = head.target.substr(head.path.size() + 1);
  for (const auto& [name, value] : request.headers) head.headers.emplace_back(name, value);
  head.content_length = static_cast<int64_t>(request.body.size());
  return head;
}

/// As the server does it, but that there is nobody else to let through meanwhile.
std::optional<Response> Drive(Exchange& exchange, std::string_view body) {
  switch (exchange.body_plan()) {
    case BodyPlan::kNone:
      return exchange.Answer({});
    case BodyPlan::kBuffered:
      if (static_cast<int64_t>(body.size()) > exchange.body_bytes_max()) return exchange.TooLarge();
      if (static_cast<int64_t>(body.size()) > kUnopenedBytesMax) {
        if (auto refused = exchange.Open()) return refused;
      }
      return exchange.Answer(body);
    case BodyPlan::kStreamed:
      break;
  }
  if (auto refused = exchange.Open()) return refused;
  for (size_t at = 0; at < body.size(); at += kPieceBytes) {
    if (auto refused = exchange.Consume(body.substr(at, kPieceBytes))) return refused;
  }
  return exchange.Answer({});
}

class FileSource final : public BodySource {
 public:
  explicit FileSource(FileBody file) : file_(std::move(file)) {}
  Result<size_t> Read(std::span<char> out) override {
    const auto wanted = std::min(out.size(), static_cast<size_t>(file_.length));
    const ssize_t count = ::pread(file_.file_descriptor, out.data(), wanted, file_.offset);
    if (count < 0) {
      return Status(Code::kIo, "cannot read the object: " + std::generic_category().message(errno));
    }
    file_.offset += count;
    file_.length -= count;
    return static_cast<size_t>(count);
  }

 private:
  FileBody file_;
};

Result<std::string> ReadAll(BodySource& source, size_t bytes_max) {
  std::string bytes;
  for (;;) {
    const size_t size = bytes.size();
    bytes.resize(size + kPieceBytes);
    TARN_TRY_ASSIGN(const size_t count, source.Read(std::span(bytes).subspan(size)));
    bytes.resize(size + count);
    if (count == 0) return bytes;
    if (bytes.size() > bytes_max) return Status(Code::kTooLarge, "the answer is too large");
  }
}

}  // namespace

Result<LocalAnswer> CallHandler(Handler& handler, const LocalRequest& request,
                                size_t body_bytes_max) {
  const RequestHead head = HeadOf(request);
  const std::unique_ptr<Exchange> exchange = handler.Start(head);
  std::optional<Response> response = Drive(*exchange, request.body);
  if (!response) response = exchange->Busy();
  Result<std::string> body = std::string();
  if (auto* const text = std::get_if<std::string>(&response->body)) {
    body = std::move(*text);
  } else if (auto* const stream = std::get_if<StreamBody>(&response->body)) {
    body = ReadAll(*stream->source, body_bytes_max);
  } else {
    FileSource source(std::move(std::get<FileBody>(response->body)));
    body = ReadAll(source, body_bytes_max);
  }
  exchange->Finished(response->status, body.ok() ? static_cast<int64_t>(body->size()) : 0);
  TARN_TRY(body.status());
  if (body->size() > body_bytes_max) return Status(Code::kTooLarge, "the answer is too large");
  return LocalAnswer{response->status, *std::move(body)};
}

}  // namespace tarn::http
