#include "block/s3/copy_object.h"

#include <algorithm>

#include "block/s3/answers.h"
#include "block/s3/multipart.h"
#include "block/s3/object_ranges.h"
#include "block/s3/put_object.h"

namespace tarn::block::s3 {
namespace {

Result<ObjectProperties> CopyInParts(Client& client, Retrier& retrier, const Location& from,
                                     const Location& to, const Encryption& encryption,
                                     const ObjectProperties& source) {
  MultipartUpload upload(client, retrier, to, encryption);
  TARN_TRY(upload.Begin(/*create_only=*/false));
  const int64_t size = source.size;
  const int64_t part_count = (size + kPartBytesMax - 1) / kPartBytesMax;
  // Parts of about the same size: none is too small.
  const int64_t part_bytes = (size + part_count - 1) / part_count;
  for (int64_t offset = 0; offset < size; offset += part_bytes) {
    TARN_TRY(upload.CopyPart(from, source.entity_tag, offset, std::min(part_bytes, size - offset)));
  }
  return upload.Complete("", /*create_only=*/false);
}

/// With one request. `entity_tag`: what the source must still have; empty: any.
Result<ObjectProperties> CopyWhole(Client& client, const Location& from, const Location& to,
                                   const Encryption& encryption, int64_t size,
                                   const std::string& entity_tag) {
  Request request{.operation = "CopyObject",
                  .method = "PUT",
                  .place = to.place(),
                  .query = {{"x-id", "CopyObject"}},
                  .headers = CopySourceHeaders(from, entity_tag)};
  encryption.AddTo(&request.headers);
  if (from.bucket == to.bucket && from.key == to.key) {
    // Onto itself an object is copied only if something about it changes.
    request.headers.emplace_back("x-amz-metadata-directive", "REPLACE");
    request.headers.emplace_back("Content-Type", kContentType);
  }
  const auto body = client.Call(request);
  if (!body.ok()) return CopyFailure(body.status());
  TARN_TRY_ASSIGN(const CopyAnswer copied,
                  ReadCopyAnswer(*body, request.operation, TextOf(to.place())));
  return ObjectProperties{size, copied.last_modified, copied.entity_tag};
}

}  // namespace

Result<ObjectProperties> CopyObject(Client& client, Retrier& retrier, const Location& from,
                                    const Location& to, const Encryption& encryption,
                                    std::optional<int64_t> size) {
  if (size && *size <= kPartBytesMax) {
    auto copied = CopyWhole(client, from, to, encryption, *size, "");
    const bool is_settled =
        copied.ok() || copied.code() == Code::kDataNotFound || copied.retry() == Retry::kLater;
    if (is_settled) return copied;
    // Perhaps it is larger than was told.
  }
  // The answer does not tell the size, and too large a source is refused.
  TARN_TRY_ASSIGN(const auto head, Stat(client, from));
  if (!head) return Status(Code::kDataNotFound, "not found");
  if (head->size > kPartBytesMax) return CopyInParts(client, retrier, from, to, encryption, *head);
  return CopyWhole(client, from, to, encryption, head->size, head->entity_tag);
}

}  // namespace tarn::block::s3
