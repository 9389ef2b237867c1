#include "s3gw/signing/payload.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "codec/base64.h"
#include "codec/checksum.h"
#include "codec/constant_time.h"
#include "codec/go_number.h"
#include "codec/hex.h"
#include "codec/url.h"
#include "http/signature_v4.h"
#include "s3gw/signing/aws_chunked.h"

namespace tarn::s3gw {
namespace {

constexpr std::string_view kChecksumHeaderStart = "x-amz-checksum-";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

/// The values of x-amz-content-sha256 that announce an aws-chunked body.
struct Framing {
  std::string_view content_sha256;
  bool signed_chunks = false;
  bool has_trailer = false;
};
constexpr Framing kFramings[] = {
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", true, false},
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", true, true},
    {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", false, true},
};

const Framing* FindFraming(std::string_view content_sha256) {
  const auto* found =
      std::find_if(std::begin(kFramings), std::end(kFramings), [&](const Framing& framing) {
        return http::EqualsIgnoreCase(framing.content_sha256, content_sha256);
      });
  return found == std::end(kFramings) ? nullptr : found;
}

std::string_view View(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

/// The digest that `text` spells, if it is one of that kind.
std::optional<std::string> ReadChecksum(const ChecksumRow& row, std::string_view text) {
  auto bytes = DecodeBase64(text);
  if (!bytes || bytes->size() != row.size_bytes) return std::nullopt;
  return bytes;
}

Failure MalformedChecksum(const ChecksumRow& row) {
  return {Error::kInvalidRequest, std::string("Value for ")
                                      .append(kChecksumHeaderStart)
                                      .append(row.name)
                                      .append(" header is invalid.")};
}

Failure BrokenFraming(std::string_view problem) {
  return {Error::kIncompleteBody, std::string("The request body is not aws-chunked as announced: ")
                                      .append(problem)
                                      .append(".")};
}

/// The checksums that headers announce for the decoded body.
class AnnouncedChecksums {
 public:
  /// Why a header cannot be read, or nothing.
  std::optional<Failure> Read(const http::RequestHead& head) {
    for (const auto& [name, value] : head.headers) {
      if (name.size() <= kChecksumHeaderStart.size() ||
          !http::EqualsIgnoreCase(name.substr(0, kChecksumHeaderStart.size()),
                                  kChecksumHeaderStart)) {
        continue;
      }
      const std::string_view kind = name.substr(kChecksumHeaderStart.size());
      for (const ChecksumRow& row : ChecksumRows()) {
        if (!http::EqualsIgnoreCase(kind, row.name)) continue;
        auto expected = ReadChecksum(row, value);
        // One that comes again would have the body hashed again.
        if (!expected || Has(row)) return MalformedChecksum(row);
        checks_.push_back({&row, Checksum(row.kind), *std::move(expected)});
      }
    }
    return std::nullopt;
  }
  void Update(std::string_view bytes) {
    for (Check& check : checks_) check.sum.Update(bytes);
  }
  bool Match() {
    return std::all_of(checks_.begin(), checks_.end(),
                       [](Check& check) { return check.sum.Finish() == check.expected; });
  }

 private:
  struct Check {
    const ChecksumRow* row;
    Checksum sum;
    std::string expected;
  };
  bool Has(const ChecksumRow& row) const {
    return std::any_of(checks_.begin(), checks_.end(),
                       [&](const Check& check) { return check.row == &row; });
  }

  std::vector<Check> checks_;
};

/// A body that comes as it is.
class PlainPayload : public Payload {
 public:
  PlainPayload(const http::RequestHead& head, AnnouncedChecksums checksums,
               std::optional<std::string> sha256)
      : checksums_(std::move(checksums)), sha256_(std::move(sha256)) {
    if (!head.chunked) decoded_bytes_ = head.content_length.value_or(0);
  }

  std::optional<int64_t> decoded_bytes() const override { return decoded_bytes_; }

  std::optional<Answer> Take(std::span<const char> bytes, Sink& sink) override {
    if (sha256_) {
      if (!hasher_) hasher_.emplace();
      hasher_->Update(View(bytes));
    }
    checksums_.Update(View(bytes));
    Status status = sink.OnBytes(bytes);
    if (!status.ok()) return Answer(std::move(status));
    return std::nullopt;
  }

  std::optional<Answer> Finish() override {
    if (sha256_) {
      const Sha256Digest digest = hasher_ ? hasher_->Finish() : Sha256("");
      if (AsView(digest) != *sha256_) return Answer(Error::kContentSha256Mismatch);
    }
    if (!checksums_.Match()) return Answer(Error::kBadDigest);
    return std::nullopt;
  }

 private:
  std::optional<int64_t> decoded_bytes_;
  AnnouncedChecksums checksums_;
  std::optional<std::string> sha256_;   ///< Announced; bytes.
  std::optional<Sha256Hasher> hasher_;  ///< Made when it is needed: most requests have no body.
};

/// The trailer that a body must end with: one checksum.
struct AnnouncedTrailer {
  const ChecksumRow* row = nullptr;
  std::string name;
};

class ChunkedPayload : public Payload {
 public:
  ChunkedPayload(const Framing& framing, AnnouncedChecksums checksums,
                 std::optional<int64_t> decoded_bytes, std::optional<AnnouncedTrailer> trailer,
                 const SignedRequest& signed_request)
      : decoder_(framing.has_trailer ? AwsChunkedDecoder::End::kWithTrailers
                                     : AwsChunkedDecoder::End::kPlain),
        signed_chunks_(framing.signed_chunks),
        checks_signatures_(framing.signed_chunks && signed_request.is_v4),
        decoded_bytes_(decoded_bytes),
        checksums_(std::move(checksums)),
        trailer_(std::move(trailer)),
        request_(signed_request),
        previous_signature_(signed_request.signature) {
    if (checks_signatures_) chunk_hasher_.emplace();
    if (trailer_) trailer_sum_.emplace(trailer_->row->kind);
  }

  std::optional<int64_t> decoded_bytes() const override { return decoded_bytes_; }

  std::optional<Answer> Take(std::span<const char> bytes, Sink& sink) override {
    std::string_view input = View(bytes);
    while (true) {
      std::optional<Answer> failed;
      switch (decoder_.Next(&input)) {
        case AwsChunkedDecoder::Event::kMore:
          return std::nullopt;
        case AwsChunkedDecoder::Event::kChunk:
          failed = BeginChunk();
          break;
        case AwsChunkedDecoder::Event::kData:
          failed = TakeData(decoder_.data(), sink);
          break;
        case AwsChunkedDecoder::Event::kChunkEnd:
          failed = EndChunk();
          break;
        case AwsChunkedDecoder::Event::kTrailer:
          failed = TakeTrailer(decoder_.trailer_name(), decoder_.trailer_value());
          break;
        case AwsChunkedDecoder::Event::kBad:
          return Answer(BrokenFraming(decoder_.problem()));
      }
      if (failed) return failed;
    }
  }

  std::optional<Answer> Finish() override {
    if (!decoder_.complete()) return Answer(BrokenFraming("it ends too early"));
    if (decoded_bytes_ && *decoded_bytes_ != received_bytes_) return WrongLength();
    if (trailer_ && !trailer_seen_) return Answer(BrokenFraming("its trailer is missing"));
    if (trailer_ && checks_signatures_ && !trailer_signature_seen_) {
      return Answer(Error::kSignatureDoesNotMatch);
    }
    if (!checksums_.Match()) return Answer(Error::kBadDigest);
    return std::nullopt;
  }

 private:
  static Answer WrongLength() {
    return Failure(Error::kIncompleteBody,
                   "The request body does not have the length that x-amz-decoded-content-length "
                   "announced.");
  }

  http::SigningContext context() const { return {request_.date, request_.scope}; }

  // Sizes cannot overflow: each chunk is refused before it would.
  std::optional<Answer> BeginChunk() {
    const int64_t most = decoded_bytes_.value_or(INT64_MAX);
    if (decoder_.chunk_bytes() > most - received_bytes_) return WrongLength();
    received_bytes_ += decoder_.chunk_bytes();
    return std::nullopt;
  }

  std::optional<Answer> TakeData(std::string_view data, Sink& sink) {
    if (checks_signatures_) chunk_hasher_->Update(data);
    checksums_.Update(data);
    if (trailer_sum_) trailer_sum_->Update(data);
    Status status = sink.OnBytes(data);
    if (!status.ok()) return Answer(std::move(status));
    return std::nullopt;
  }

  std::optional<Answer> EndChunk() {
    if (!checks_signatures_) return std::nullopt;
    std::string expected = http::SignChunk(request_.signing_key, context(), previous_signature_,
                                           chunk_hasher_->Finish());
    if (!EqualsInConstantTime(expected, decoder_.chunk_signature())) {
      return Answer(Error::kSignatureDoesNotMatch);
    }
    previous_signature_ = std::move(expected);
    return std::nullopt;
  }

  std::optional<Answer> TakeTrailer(std::string_view name, std::string_view value) {
    if (signed_chunks_ && trailer_seen_ && name == kTrailerSignature) {
      return TakeTrailerSignature(value);
    }
    if (name != trailer_->name || trailer_seen_) {
      return Answer(BrokenFraming("it has a trailer that was not announced"));
    }
    trailer_seen_ = true;
    const auto expected = ReadChecksum(*trailer_->row, value);
    if (!expected) return Answer(MalformedChecksum(*trailer_->row));
    if (trailer_sum_->Finish() != *expected) return Answer(Error::kBadDigest);
    trailer_sum_.reset();
    if (checks_signatures_) {
      trailer_lines_.append(name).append(":").append(value).append("\n");
    }
    return std::nullopt;
  }

  std::optional<Answer> TakeTrailerSignature(std::string_view signature) {
    if (trailer_signature_seen_) return Answer(BrokenFraming("its trailer is signed twice"));
    trailer_signature_seen_ = true;
    if (!checks_signatures_) return std::nullopt;
    const std::string expected =
        http::SignTrailer(request_.signing_key, context(), previous_signature_, trailer_lines_);
    if (EqualsInConstantTime(expected, signature)) return std::nullopt;
    return Answer(Error::kSignatureDoesNotMatch);
  }

  AwsChunkedDecoder decoder_;
  const bool signed_chunks_;
  const bool checks_signatures_;
  const std::optional<int64_t> decoded_bytes_;
  int64_t received_bytes_ = 0;  ///< Of all chunks that began.
  AnnouncedChecksums checksums_;
  const std::optional<AnnouncedTrailer> trailer_;
  const SignedRequest request_;
  std::string previous_signature_;
  std::optional<Sha256Hasher> chunk_hasher_;
  std::optional<Checksum> trailer_sum_;
  std::string trailer_lines_;
  bool trailer_seen_ = false;
  bool trailer_signature_seen_ = false;
};

Expected<std::optional<AnnouncedTrailer>> ReadTrailerHeader(const http::RequestHead& head) {
  const std::string_view announced = head.Get("x-amz-trailer");
  if (announced.starts_with(kChecksumHeaderStart)) {
    for (const ChecksumRow& row : ChecksumRows()) {
      if (announced.substr(kChecksumHeaderStart.size()) == row.name) {
        return std::optional(AnnouncedTrailer{&row, std::string(announced)});
      }
    }
  }
  return Error::kAccessDenied;
}

Expected<std::optional<int64_t>> ReadDecodedLength(const http::RequestHead& head) {
  const auto text = head.Find("x-amz-decoded-content-length");
  if (!text) return std::optional<int64_t>();
  if (text->empty()) return Error::kMissingContentLength;
  const ReadInteger length = ReadDecimalInteger(*text);
  if (length.error != NumberError::kNone || length.value < 0) return Error::kAccessDenied;
  return std::optional(length.value);
}

}  // namespace

Expected<std::unique_ptr<Payload>> Payload::Make(const http::RequestHead& head,
                                                 const SignedRequest& signed_request) {
  AnnouncedChecksums checksums;
  if (const auto failure = checksums.Read(head)) return *failure;
  const std::string_view content_sha256 = head.Get("x-amz-content-sha256");
  const Framing* framing = FindFraming(content_sha256);
  // Its checksum would never be compared.
  if (!head.Get("x-amz-trailer").empty() && (framing == nullptr || !framing->has_trailer))
    return Failure(Error::kInvalidRequest, "x-amz-trailer announces what the body cannot have");
  if (framing != nullptr) {
    const auto decoded_bytes = ReadDecodedLength(head);
    if (!decoded_bytes.ok()) return decoded_bytes.failure();
    std::optional<AnnouncedTrailer> trailer;
    if (framing->has_trailer) {
      auto read = ReadTrailerHeader(head);
      if (!read.ok()) return read.failure();
      trailer = *std::move(read);
    }
    return std::unique_ptr<Payload>(std::make_unique<ChunkedPayload>(
        *framing, std::move(checksums), *decoded_bytes, std::move(trailer), signed_request));
  }
  std::optional<std::string> sha256;
  if (!content_sha256.empty() && !http::EqualsIgnoreCase(content_sha256, http::kUnsignedPayload)) {
    sha256 = FromHex(content_sha256);
    // Only a signature vouches for the header: without one, what is no digest announces nothing.
    if (sha256 && sha256->size() != sizeof(Sha256Digest)) sha256.reset();
    if (!sha256 && signed_request.is_v4) return Error::kAccessDenied;
  }
  return std::unique_ptr<Payload>(
      std::make_unique<PlainPayload>(head, std::move(checksums), std::move(sha256)));
}

}  // namespace tarn::s3gw
