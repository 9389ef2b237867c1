#include "http/answer.h"

#include <charconv>
#include <utility>

namespace tarn::http {
namespace {

constexpr int kSuccessStatus = 200, kRedirectStatus = 300;

Status Unreachable(Status status) {
  if (status.code() != Code::kIo) return status;
  return {Code::kSlowDown, std::string(status.message())};
}

Status WaitForHead(Transfer& transfer, const TransferRequest& request,
                   std::span<const std::string_view> body, bool* is_sent) {
  if (request.has_body) TARN_TRY(transfer.Begin());
  if (is_sent != nullptr) *is_sent = true;
  if (request.has_body) {
    for (const std::string_view piece : body) {
      if (!transfer.refused()) TARN_TRY(transfer.Write(piece));
    }
    if (transfer.refused()) return {};
  }
  return transfer.Finish();
}

}  // namespace

bool Answer::is_success() const { return status() >= kSuccessStatus && status() < kRedirectStatus; }

Result<size_t> Answer::Read(std::span<char> out) {
  auto got = transfer_->Read(out);
  if (!got.ok()) return Unreachable(std::move(got).status());
  return got;
}

Result<std::string> Answer::ReadAll(size_t bytes_max) {
  constexpr size_t kPieceBytes = 16 << 10;
  std::string body;
  for (;;) {
    const size_t before = body.size();
    body.resize(before + kPieceBytes);
    TARN_TRY_ASSIGN(const size_t got, Read(std::span(body).subspan(before)));
    body.resize(before + got);
    if (got == 0) return body;
    if (body.size() > bytes_max) {
      return Status(Code::kIo,
                    "the server's answer is larger than " + std::to_string(bytes_max) + " bytes");
    }
  }
}

Result<std::unique_ptr<Answer>> Call(TransferClient& client, const TransferRequest& request,
                                     std::string_view body, bool* is_sent) {
  return Call(client, request, {&body, 1}, is_sent);
}

Result<std::unique_ptr<Answer>> Call(TransferClient& client, const TransferRequest& request,
                                     std::span<const std::string_view> body, bool* is_sent) {
  auto transfer = client.Start(request);
  if (!transfer.ok()) return Unreachable(std::move(transfer).status());
  Status status = WaitForHead(**transfer, request, body, is_sent);
  if (!status.ok()) return Unreachable(std::move(status));
  return std::make_unique<Answer>(*std::move(transfer));
}

std::optional<int64_t> ReadSize(std::string_view text) {
  int64_t size = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size < 0) return std::nullopt;
  return size;
}

}  // namespace tarn::http
