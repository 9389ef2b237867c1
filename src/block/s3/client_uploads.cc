#include "block/s3/client_uploads.h"

#include <utility>

#include "base/text.h"
#include "block/s3/location.h"
#include "block/s3/object_ranges.h"
#include "block/s3/upload_requests.h"

namespace tarn::block::s3 {

Result<std::string> S3ClientUploads::Begin(const ObjectPointer& object) {
  TARN_TRY_ASSIGN(const Location location, LocationOf(object));
  return BeginUpload(client_, retrier_, location, encryption_);
}

Result<PresignedUrl> S3ClientUploads::PresignPart(const ClientUpload& upload, int64_t number) {
  TARN_TRY_ASSIGN(const Location location, LocationOf(upload.object));
  TARN_TRY_ASSIGN(auto made, client_.Presign({.operation = "Presign",
                                              .method = "PUT",
                                              .place = location.place(),
                                              .query = {{"partNumber", std::to_string(number)},
                                                        {"uploadId", std::string(upload.id)},
                                                        {"x-id", "UploadPart"}}},
                                             presigned_seconds_));
  return PresignedUrl{std::move(made.url), made.expires_seconds};
}

Result<std::string> S3ClientUploads::CopyPart(const ClientUpload& upload, int64_t number,
                                              const ObjectPointer& from,
                                              const ResolvedRange& range) {
  TARN_TRY_ASSIGN(const Location location, LocationOf(upload.object));
  TARN_TRY_ASSIGN(const Location source, LocationOf(from));
  const std::string id(upload.id);
  return CopyToPart({client_, retrier_, location, id}, number, source, /*entity_tag=*/"", range);
}

Result<ObjectProperties> S3ClientUploads::Complete(const ClientUpload& upload,
                                                   std::span<const PartTag> parts) {
  TARN_TRY_ASSIGN(const Location location, LocationOf(upload.object));
  const std::string id(upload.id);
  const UploadTarget target{client_, retrier_, location, id};
  const auto completed =
      retrier_.Call([&] { return CompleteOnce(target, parts, /*create_only=*/false); });
  // The answer to an earlier attempt, or to an earlier call, may have been lost.
  const bool may_be_done = completed.code() == Code::kNotFound;
  if (!completed.ok() && !may_be_done) return completed.status();
  TARN_TRY_ASSIGN(auto head, retrier_.Call([&] { return Stat(client_, location); }));
  const bool is_made =
      head && (!may_be_done || IsTagOfParts(WithoutQuotes(head->entity_tag), parts));
  if (is_made) return *std::move(head);
  return may_be_done ? completed.status() : Status(Code::kIo, "a completed object is not there");
}

Status S3ClientUploads::Abort(const ClientUpload& upload) {
  TARN_TRY_ASSIGN(const Location location, LocationOf(upload.object));
  const std::string id(upload.id);
  return AbortUpload({client_, retrier_, location, id});
}

}  // namespace tarn::block::s3
