#include "block/s3/multipart.h"

#include "base/log.h"
#include "base/text.h"
#include "block/s3/object_ranges.h"
#include "block/s3/put_object.h"

namespace tarn::block::s3 {

MultipartUpload::~MultipartUpload() {
  if (!has_begun() || is_complete_) return;
  const Status aborted = AbortUpload(target());
  // The store's rules for unfinished uploads remove what is left then.
  if (!aborted.ok() && aborted.code() != Code::kNotFound) {
    TARN_LOG_WARN("upload in parts was not ended: {}", aborted.ToString());
  }
}

Result<ObjectProperties> MultipartUpload::Put(std::string_view bytes, bool create_only) {
  return PutBytes(client_, retrier_, location_, bytes, encryption_,
                  create_only ? Older::kStays : Older::kReplaced);
}

Status MultipartUpload::Begin(bool /*create_only*/) {
  TARN_TRY_ASSIGN(id_, BeginUpload(client_, retrier_, location_, encryption_));
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
  const int64_t number = part_count() + 1;
  TARN_TRY_ASSIGN(std::string part_tag,
                  CopyToPart(target(), number, from, entity_tag, {offset, length}));
  parts_.push_back({number, std::move(part_tag)});
  size_ += length;
  return {};
}

Result<bool> MultipartUpload::IsOurs(ObjectProperties* properties) {
  TARN_TRY_ASSIGN(const auto head, retrier_.Call([&] { return Stat(client_, location_); }));
  if (!head || head->size != size_ || !IsTagOfParts(WithoutQuotes(head->entity_tag), parts_)) {
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
    auto made = CompleteOnce(target(), parts_, create_only);
    const bool is_refused =
        made.code() == Code::kNotFound || made.code() == Code::kPreconditionFailed;
    if (is_refused && may_be_done) {
      ObjectProperties properties;
      TARN_TRY_ASSIGN(const bool is_ours, IsOurs(&properties));
      if (is_ours) return properties;
    }
    may_be_done = may_be_done || made.code() == Code::kSlowDown;
    if (!made.ok()) return std::move(made).status();
    return ObjectProperties{size_, *made};
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
