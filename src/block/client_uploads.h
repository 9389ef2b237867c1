// Uploads in parts that a store keeps by itself until it makes an object of them, and whose parts
// clients send past the server, by presigned URLs. Level 3; thread-safe; all of it waits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/object_io.h"
#include "block/presign.h"

namespace tarn::block {

/// A part as the client names it.
struct PartTag {
  int64_t number = 0;
  std::string entity_tag;  ///< With or without quotes.
};

/// An upload that has begun. Borrowed.
struct ClientUpload {
  ObjectPointer object;  ///< That it will make.
  std::string_view id;   ///< Of the store.
};

class ClientUploads {
 public:
  virtual ~ClientUploads() = default;
  /// The store's id of a new upload.
  virtual Result<std::string> Begin(const ObjectPointer& object) = 0;
  /// A URL to which the part is sent.
  virtual Result<PresignedUrl> PresignPart(const ClientUpload& upload, int64_t number) = 0;
  /// Stores a range of another object as a part, inside of the store; the part's entity tag. The
  /// range lies within the object.
  virtual Result<std::string> CopyPart(const ClientUpload& upload, int64_t number,
                                       const ObjectPointer& from, const ResolvedRange& range) = 0;
  /// Makes the object, or finds it made of these parts already. kNotFound: there is no such upload;
  /// kIo, with the store's words, for parts that it does not have.
  virtual Result<ObjectProperties> Complete(const ClientUpload& upload,
                                            std::span<const PartTag> parts) = 0;
  /// Gives an upload up with its parts. kNotFound.
  virtual Status Abort(const ClientUpload& upload) = 0;
};

}  // namespace tarn::block
