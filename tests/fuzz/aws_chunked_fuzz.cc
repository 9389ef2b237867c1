// Any bytes as an aws-chunked body. Three bytes before it choose its kind, its trailer, whether a
// signature is there to be checked, and the size of the pieces in which it comes; however it is
// cut, the same must come out.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "codec/checksum.h"
#include "s3gw/signing/aws_chunked.h"
#include "s3gw/signing/payload.h"
#include "s3gw/testing/chunk_encoder.h"

namespace tarn::s3gw {
namespace {

constexpr size_t kChoiceBytes = 3;
constexpr size_t kSigned = 0;
constexpr size_t kSignedTrailer = 1;
constexpr size_t kUnsignedTrailer = 2;
constexpr std::string_view kKinds[] = {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                                       "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                                       "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD"};

class StringSink : public Payload::Sink {
 public:
  Status OnBytes(std::span<const char> bytes) override {
    TARN_CHECK(!bytes.empty());
    text.append(bytes.data(), bytes.size());
    return {};
  }
  std::string text;
};

SignedRequest Signed() {
  SignedRequest request;
  request.is_v4 = true;
  request.date = testing::kDate;
  request.scope = testing::kScope;
  request.signature = std::string(64, '0');
  request.signing_key = http::SigningKey(testing::kSecret, testing::kScope);
  return request;
}

struct Outcome {
  std::string text;  ///< Of the decoded body, as far as it came.
  std::optional<Error> error;
};

Outcome Read(const http::RequestHead& head, const SignedRequest& request, std::string_view body,
             size_t piece_size) {
  auto payload = Payload::Make(head, request);
  TARN_CHECK(payload.ok());
  StringSink sink;
  const auto error_of = [&](const Answer& answer) {
    TARN_CHECK(answer.failure() != nullptr);
    return Outcome{sink.text, answer.failure()->error};
  };
  while (!body.empty()) {
    const std::string piece(body.substr(0, piece_size));  // of its own, to see stale views
    body.remove_prefix(piece.size());
    if (auto failed = (*payload)->Take(piece, sink)) return error_of(*failed);
  }
  if (auto failed = (*payload)->Finish()) return error_of(*failed);
  return {sink.text, std::nullopt};
}

/// The head of such a body; a trailer that it cannot have would be refused.
http::RequestHead HeadOf(size_t kind, std::string_view trailer_name) {
  http::RequestHead head;
  head.method = "PUT";
  head.headers = {{"x-amz-content-sha256", kKinds[kind]}};
  if (kind == kSignedTrailer || kind == kUnsignedTrailer) {
    head.headers.emplace_back("x-amz-trailer", trailer_name);
  }
  return head;
}

/// Data as chunks of sizes that it chooses itself must come out as it was; and not at all when one
/// byte of a signed or summed body is changed.
void RoundTrip(size_t kind, const ChecksumRow& row, std::string_view data, size_t piece_size) {
  testing::ChunkEncoder encoder;
  encoder.has_signatures = kind != kUnsignedTrailer;
  if (kind != kSigned) {
    encoder.trailer_name = "x-amz-checksum-" + std::string(row.name);
    encoder.trailer_value = testing::SumOf(row.kind, data);
  }
  std::string body;
  for (std::string_view rest = data; !rest.empty();) {
    const size_t size = std::min<size_t>(rest.size(), 1 + 4 * static_cast<uint8_t>(rest[0]));
    body += encoder.Chunk(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  body += encoder.End();
  http::RequestHead head = HeadOf(kind, encoder.trailer_name);
  const std::string length = std::to_string(data.size());
  head.headers.emplace_back("x-amz-decoded-content-length", length);
  const Outcome read = Read(head, Signed(), body, piece_size);
  TARN_CHECK(!read.error && read.text == data);
  if (data.empty()) return;
  const size_t first = body.find('\n') + 1;
  body[first] = static_cast<char>(body[first] + 1);
  TARN_CHECK(Read(head, Signed(), body, piece_size).error.has_value());
}

void Run(std::string_view bytes) {
  if (bytes.size() < kChoiceBytes) return;
  const auto kind = static_cast<uint8_t>(bytes[0]);
  const auto trailer = static_cast<uint8_t>(bytes[1]);
  const size_t piece_size = 1 + static_cast<size_t>(static_cast<uint8_t>(bytes[2]));
  const std::string_view body = bytes.substr(kChoiceBytes);

  const ChecksumRow& row = ChecksumRows()[trailer % ChecksumRows().size()];
  const std::string name = "x-amz-checksum-" + std::string(row.name);
  const http::RequestHead head = HeadOf(kind % 4, name);
  const SignedRequest request = (kind & 4) != 0 ? Signed() : SignedRequest();

  const Outcome whole = Read(head, request, body, body.size() + 1);
  const Outcome pieces = Read(head, request, body, piece_size);
  TARN_CHECK(whole.error == pieces.error && whole.text == pieces.text);
  TARN_CHECK(whole.text.size() <= body.size());
  if ((kind & 8) != 0 && kind % 4 <= kUnsignedTrailer) RoundTrip(kind % 4, row, body, piece_size);
}

}  // namespace
}  // namespace tarn::s3gw

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::s3gw::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
