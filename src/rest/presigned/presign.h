// Presigned URLs in the answers of operations: what the store makes of what is asked for, and the
// URLs that the server answers itself, for stores that have none. Level 8; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "block/presign.h"
#include "catalog/catalog.h"
#include "rest/call.h"

namespace tarn::rest {

/// How the server makes URLs of its own (presigned_url.h).
struct PresignOptions {
  std::string key;            ///< As Options::presign_key.
  int64_t seconds = 15 * 60;  ///< How long a URL is good for.
  /// What URLs start with ("https://host"); empty: what the client has reached the server by.
  std::string endpoint;
};

/// Makes URLs that this server answers. `clock` outlives it. kInvalidRequest if nobody says what
/// they start with.
block::PresignFunction PresignByServer(PresignOptions options, Clock& clock);

/// A URL of the repository's store. kUnsupported "<store> adapter presigned URL: operation not
/// supported".
Result<block::PresignedUrl> Presign(const Call& call, block::PresignRequest request);

/// The last element of a path, without the slashes behind it; borrowed.
std::string_view FileNameOf(std::string_view path);

/// A URL to read the object of an entry (Entry or EntryView), to be saved under that name.
template <class AnyEntry>
Result<block::PresignedUrl> PresignRead(const Call& call, const refs::Repository& repository,
                                        std::string_view path, const AnyEntry& entry) {
  return Presign(
      call, {.object = {repository.storage_namespace.view(), entry.address, entry.address_type},
             .file_name = FileNameOf(path),
             .content_type = entry.content_type,
             .entity_tag = entry.checksum});
}
/// A URL to write an object at an address relative to the repository's namespace.
Result<block::PresignedUrl> PresignWrite(const Call& call, const refs::Repository& repository,
                                         std::string_view address);
/// A URL to write a part of an upload.
Result<block::PresignedUrl> PresignPart(const Call& call, const refs::Repository& repository,
                                        std::string_view upload_id, int64_t number);

/// 302 to a URL.
http::Response RedirectAnswer(const block::PresignedUrl& url);

}  // namespace tarn::rest
