// Making presigned URLs for the answers of operations. Level 8; thread-safe.
//
// Only stores whose info says so can: the local one when `blockstore.local.pre_signed` is set. The
// URL names the host that the client has asked, unless the configuration names another one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "catalog/catalog.h"
#include "rest/call.h"
#include "rest/presigned/presigned_url.h"

namespace tarn::rest {

struct PresignedUrl {
  std::string url;
  int64_t expires_seconds = 0;  ///< Unix time.
};

/// kUnsupported "<store> adapter presigned URL: operation not supported".
Status CheckPresign(const Call& call);

/// Signs a request; its time of expiry is filled in. Errors of CheckPresign.
Result<PresignedUrl> Presign(const Call& call, PresignedRequest request);

/// A URL to read the object of an entry (Entry or EntryView), to be saved under the last element of
/// `path`.
template <class AnyEntry>
Result<PresignedUrl> PresignRead(const Call& call, const refs::Repository& repository,
                                 std::string_view path, const AnyEntry& entry) {
  PresignedRequest request;
  request.storage_namespace = repository.storage_namespace.str();
  request.address = entry.address;
  request.type = entry.address_type;
  request.file_name = path.substr(path.rfind('/') + 1);
  request.content_type = entry.content_type;
  request.entity_tag = entry.checksum;
  return Presign(call, std::move(request));
}
/// A URL to write an object at an address relative to the repository's namespace.
Result<PresignedUrl> PresignWrite(const Call& call, const refs::Repository& repository,
                                  std::string_view address);
/// A URL to write a part of an upload.
Result<PresignedUrl> PresignPart(const Call& call, const refs::Repository& repository,
                                 std::string_view upload_id, int64_t number);

/// 302 to a URL.
http::Response RedirectAnswer(const PresignedUrl& url);

}  // namespace tarn::rest
