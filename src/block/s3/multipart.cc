#include "block/s3/multipart.h"

#include "base/log.h"
#include "block/s3/object_ranges.h"
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

MultipartUpload::~MultipartUpload() {
  if (!has_begun() || is_complete_) return;
  const Status aborted = retrier_.Call([&] {
    return ToStatus(client_.Call({.operation = "AbortMultipartUpload",
                                  .method = "DELETE",
                                  .place = location_.place(),
                                  .query = {{"uploadId", id_}}}));
  });
  // The store's rules for unfinished uploads remove what is left then.
  if (!aborted.ok() && aborted.code() != Code::kNotFound) {
    TARN_LOG_WARN("upload in parts was not ended: {}", aborted.ToString());
  }
}

Result<ObjectProperties> MultipartUpload::Put(std::string_view bytes, bool create_only) {
  return PutBytes(client_, retrier_, location_, bytes, encryption_, create_only);
}

Status MultipartUpload::Begin(bool /*create_only*/) {
  Request request{.operation = "CreateMultipartUpload",
                  .method = "POST",
                  .place = location_.place(),
                  .query = {{"uploads", ""}},
                  .headers = {{"Content-Type", std::string(kContentType)}}};
  encryption_.AddTo(&request.headers);
  TARN_TRY_ASSIGN(id_, retrier_.Call([&]() -> Result<std::string> {
    TARN_TRY_ASSIGN(const std::string body, client_.Call(request));
    return ReadUploadId(body);
  }));
  return {};
}

Status MultipartUpload::CheckRoom() const {
  if (part_count() < kPartsMax) return {};
  return {Code::kTooLarge, "object has more than " + std::to_string(kPartsMax) + " parts"};
}

Status MultipartUpload::AddPart(std::string_view bytes) {
  TARN_TRY(CheckRoom());
  const int number = part_count() + 1;
  const Request request{
      .operation = "UploadPart",
      .method = "PUT",
      .place = location_.place(),
      .query = {{"partNumber", std::to_string(number)}, {"uploadId", id_}, {"x-id", "UploadPart"}},
      .headers = {{"Content-Type", std::string(kContentType)}},
      .body = bytes};
  TARN_TRY_ASSIGN(const Stored stored, retrier_.Call([&] { return SendBytes(client_, request); }));
  parts_.push_back({number, stored.entity_tag});
  size_ += static_cast<int64_t>(bytes.size());
  return {};
}

Status MultipartUpload::CopyPart(const Location& from, const std::string& entity_tag,
                                 int64_t offset, int64_t length) {
  TARN_TRY(CheckRoom());
  const int number = part_count() + 1;
  Request request{.operation = "UploadPartCopy",
                  .method = "PUT",
                  .place = location_.place(),
                  .query = {{"partNumber", std::to_string(number)},
                            {"uploadId", id_},
                            {"x-id", "UploadPartCopy"}},
                  .headers = CopySourceHeaders(from, entity_tag)};
  request.headers.emplace_back("x-amz-copy-source-range", "bytes=" + std::to_string(offset) + "-" +
                                                              std::to_string(offset + length - 1));
  auto copied = retrier_.Call([&]() -> Result<CopyAnswer> {
    TARN_TRY_ASSIGN(const std::string body, client_.Call(request));
    return ReadCopyAnswer(body, request.operation, TextOf(location_.place()));
  });
  if (!copied.ok()) return CopyFailure(std::move(copied).status());
  parts_.push_back({number, std::move(copied->entity_tag)});
  size_ += length;
  return {};
}

Result<ObjectProperties> MultipartUpload::TryComplete(bool create_only) {
  const std::string document = WriteCompleteRequest(parts_);
  Request request{.operation = "CompleteMultipartUpload",
                  .method = "POST",
                  .place = location_.place(),
                  .query = {{"uploadId", id_}},
                  .headers = {{"Content-Type", "application/xml"}},
                  .body = document};
  if (create_only) request.headers.emplace_back("If-None-Match", "*");
  TARN_TRY_ASSIGN(const auto answer, client_.Send(request));
  TARN_TRY_ASSIGN(const std::string body, answer->ReadAll(kAnswerBytesMax));
  TARN_TRY(ToStatus(ReadCompleteAnswer(body, TextOf(location_.place()))));
  return ObjectProperties{size_, TimeOf(*answer)};
}

/// The tag of an object in parts is made of those of its parts, where these are digests.
bool MultipartUpload::HasExpectedTag(std::string_view entity_tag) const {
  const std::string count = "-" + std::to_string(part_count());
  std::string digests;
  for (const PartTag& part : parts_) {
    const auto digest = FromHex(WithoutQuotes(part.entity_tag));
    if (!digest || digest->size() * 2 != kDigestHexDigits) return entity_tag.ends_with(count);
    digests += *digest;
  }
  return entity_tag == ToHex(AsView(Md5(digests))) + count;
}

Result<bool> MultipartUpload::IsOurs(ObjectProperties* properties) {
  TARN_TRY_ASSIGN(const auto head, retrier_.Call([&] { return Stat(client_, location_); }));
  if (!head || head->size != size_ || !HasExpectedTag(WithoutQuotes(head->entity_tag))) {
    return false;
  }
  *properties = *head;
  return true;
}

Result<ObjectProperties> MultipartUpload::Complete(std::string_view rest, bool create_only) {
  if (!rest.empty()) TARN_TRY(AddPart(rest));
  return CompleteParts(create_only);
}

Result<ObjectProperties> MultipartUpload::CompleteParts(bool create_only) {
  // Not between the attempts, where it might be our own that is found.
  if (create_only) TARN_TRY(CheckAbsent(client_, retrier_, location_));
  bool may_be_done = false;
  auto completed = retrier_.Call([&]() -> Result<ObjectProperties> {
    auto made = TryComplete(create_only);
    const bool is_refused =
        made.code() == Code::kNotFound || made.code() == Code::kPreconditionFailed;
    if (is_refused && may_be_done) {
      ObjectProperties properties;
      TARN_TRY_ASSIGN(const bool is_ours, IsOurs(&properties));
      if (is_ours) return properties;
    }
    may_be_done = may_be_done || made.code() == Code::kSlowDown;
    return made;
  });
  if (create_only && completed.code() == Code::kUnsupported) {
    return CompleteParts(/*create_only=*/false);
  }
  is_complete_ = completed.ok();
  if (completed.code() == Code::kPreconditionFailed) return AlreadyExists(location_);
  if (completed.code() == Code::kNotFound) {
    return Status(Code::kIo, std::string(completed.status().message()));
  }
  return completed;
}

}  // namespace tarn::block::s3
