#include "block/azure/copy_blob.h"

#include <algorithm>

#include "block/azure/blob.h"

namespace tarn::block::azure {
namespace {

constexpr std::string_view kDone = "success";

Result<ObjectProperties> CopyInBlocks(const UploadTools& tools, const Location& from,
                                      const Location& to, const ObjectProperties& source) {
  BlockUpload upload(tools, to);
  TARN_TRY(upload.Begin(/*create_only=*/false));
  TARN_TRY(CopyBlocks(upload, from, source.entity_tag, 0, source.size));
  return upload.Complete("", /*create_only=*/false);
}

}  // namespace

bool CanCopyInside(Client& client) {
  const auto endpoint = EndpointOf("", client.options().domain, client.options().test_url);
  return endpoint.ok() && endpoint->is_tls();
}

Status CopyBlocks(BlockUpload& upload, const Location& from, const std::string& entity_tag,
                  int64_t offset, int64_t length) {
  const int64_t end = offset + length;
  while (offset < end) {
    const int64_t part = std::min(end - offset, kCopyBytesMax);
    TARN_TRY(upload.CopyPart(from, entity_tag, offset, part));
    offset += part;
  }
  return {};
}

Result<ObjectProperties> CopyBlob(const UploadTools& tools, const Location& from,
                                  const Location& to) {
  // The answer does not tell the size, and too large a source is refused.
  TARN_TRY_ASSIGN(const auto head, Look(tools.client, from));
  if (!head) return Status(Code::kDataNotFound, "not found");
  const ObjectProperties& source = head->properties;
  if (source.size > kCopyBytesMax) return CopyInBlocks(tools, from, to, source);
  Request request{.operation = "Copy Blob From URL", .method = "PUT", .place = to.place()};
  TARN_TRY_ASSIGN(request.headers, CopySourceHeaders(tools.client, from, source.entity_tag));
  request.headers.emplace_back("x-ms-requires-sync", "true");
  const auto answer = tools.client.Send(request);
  if (!answer.ok()) return CopyFailure(answer.status());
  if ((*answer)->Get("x-ms-copy-status") != kDone) {
    return Status(Code::kIo, "async copy failed: the object store did not copy at once");
  }
  return ReadProperties(**answer, to, source.size);
}

}  // namespace tarn::block::azure
