// Bucket and key of an object of S3, from its address (block/remote/location.h). Level 3; pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "block/remote/location.h"

namespace tarn::block::s3 {

using remote::Location;

inline Result<Location> LocationOf(const ObjectPointer& object) {
  return remote::LocationOf(StorageType::kS3, object);
}
inline Result<Location> LocationOfNamespace(std::string_view storage_namespace) {
  return remote::LocationOfNamespace(StorageType::kS3, storage_namespace);
}
inline Result<Location> LocationOfSource(std::string_view source_uri) {
  return remote::LocationOfSource(StorageType::kS3, source_uri);
}
inline std::string UriOf(const Location& location) {
  return remote::UriOf(StorageType::kS3, location);
}
/// As the source of a copy is named, escaped.
std::string CopySourceOf(const Location& location);

}  // namespace tarn::block::s3
