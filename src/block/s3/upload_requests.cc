#include "block/s3/upload_requests.h"

#include "base/text.h"
#include "block/s3/answers.h"
#include "block/s3/put_object.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::block::s3 {
namespace {

constexpr size_t kDigestHexDigits = 32;

}  // namespace

std::vector<std::pair<std::string, std::string>> CopySourceHeaders(const Location& from,
                                                                   const std::string& entity_tag) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"x-amz-copy-source", CopySourceOf(from)}};
  if (!entity_tag.empty()) headers.emplace_back("x-amz-copy-source-if-match", entity_tag);
  return headers;
}

Status CopyFailure(Status failure) {
  if (failure.code() != Code::kPreconditionFailed) return failure;
  return {Code::kIo, "object was replaced while it was copied"};
}

Result<std::string> BeginUpload(Client& client, Retrier& retrier, const Location& location,
                                const Encryption& encryption) {
  Request request{.operation = "CreateMultipartUpload",
                  .method = "POST",
                  .place = location.place(),
                  .query = {{"uploads", ""}},
                  .headers = {{"Content-Type", std::string(kContentType)}}};
  encryption.AddTo(&request.headers);
  return retrier.Call([&]() -> Result<std::string> {
    TARN_TRY_ASSIGN(const std::string body, client.Call(request));
    return ReadUploadId(body);
  });
}

Result<std::string> CopyToPart(const UploadTarget& upload, int64_t number, const Location& from,
                               const std::string& entity_tag, const ResolvedRange& range) {
  Request request{.operation = "UploadPartCopy",
                  .method = "PUT",
                  .place = upload.location.place(),
                  .query = {{"partNumber", std::to_string(number)},
                            {"uploadId", upload.id},
                            {"x-id", "UploadPartCopy"}},
                  .headers = CopySourceHeaders(from, entity_tag)};
  request.headers.emplace_back("x-amz-copy-source-range",
                               "bytes=" + std::to_string(range.offset) + "-" +
                                   std::to_string(range.offset + range.length - 1));
  auto copied = upload.retrier.Call([&]() -> Result<CopyAnswer> {
    TARN_TRY_ASSIGN(const std::string body, upload.client.Call(request));
    return ReadCopyAnswer(body, request.operation, TextOf(upload.location.place()));
  });
  if (!copied.ok()) return CopyFailure(std::move(copied).status());
  return std::move(copied->entity_tag);
}

Result<Timestamp> CompleteOnce(const UploadTarget& upload, std::span<const PartTag> parts,
                               bool create_only) {
  const std::string document = WriteCompleteRequest(parts);
  Request request{.operation = "CompleteMultipartUpload",
                  .method = "POST",
                  .place = upload.location.place(),
                  .query = {{"uploadId", upload.id}},
                  .headers = {{"Content-Type", "application/xml"}},
                  .body = document};
  if (create_only) request.headers.emplace_back("If-None-Match", "*");
  TARN_TRY_ASSIGN(const auto answer, upload.client.Send(request));
  TARN_TRY_ASSIGN(const std::string body, answer->ReadAll(kAnswerBytesMax));
  TARN_TRY(ToStatus(ReadCompleteAnswer(body, TextOf(upload.location.place()))));
  return TimeOf(*answer);
}

Status AbortUpload(const UploadTarget& upload) {
  return upload.retrier.Call([&] {
    return ToStatus(upload.client.Call({.operation = "AbortMultipartUpload",
                                        .method = "DELETE",
                                        .place = upload.location.place(),
                                        .query = {{"uploadId", upload.id}}}));
  });
}

bool IsTagOfParts(std::string_view entity_tag, std::span<const PartTag> parts) {
  const std::string count = "-" + std::to_string(parts.size());
  std::string digests;
  for (const PartTag& part : parts) {
    const auto digest = FromHex(WithoutQuotes(part.entity_tag));
    if (!digest || digest->size() * 2 != kDigestHexDigits) return entity_tag.ends_with(count);
    digests += *digest;
  }
  return entity_tag == ToHex(AsView(Md5(digests))) + count;
}

}  // namespace tarn::block::s3
