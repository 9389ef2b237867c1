// URLs by which whoever has them may read or write one object for a while, past the protocols of
// the server. Level 3; plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/object_io.h"

namespace tarn::block {

/// A part of an upload, as it is recorded (catalog/multipart.h).
struct PresignedPart {
  std::string_view partition;  ///< Of the repository's records.
  std::string_view upload_id;
  int64_t number = 0;
};

/// What a URL shall allow. Borrowed.
struct PresignRequest {
  enum class Verb : uint8_t {
    kRead,
    kWrite,  ///< With `part`: of that part, and the object names the upload's namespace only.
  };
  Verb verb = Verb::kRead;
  ObjectPointer object;
  PresignedPart part = {};
  std::string_view file_name = {};  ///< Offered to who downloads; empty: none.
  /// Of the answer to a read, where the objects of the store have none themselves.
  std::string_view content_type = {}, entity_tag = {};
  /// What the client has reached this server by ("https://host"), for stores whose objects the
  /// server hands out itself; empty if it did not say.
  std::string_view server_url = {};
};

struct PresignedUrl {
  std::string url;
  int64_t expires_seconds = 0;  ///< Unix time.
};

/// Thread-safe. May wait, for keys to sign with or for a bucket's region; kWouldBlock where that is
/// not allowed.
using PresignFunction = std::function<Result<PresignedUrl>(const PresignRequest&)>;

}  // namespace tarn::block
