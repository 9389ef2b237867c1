// Bucket and key of an object, from its address. Level 3; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "block/object_io.h"
#include "block/s3/client.h"

namespace tarn::block::s3 {

struct Location {
  std::string bucket, key;
  Place place() const { return {bucket, key}; }
};

/// kInvalidAddress for what is no address of S3, kAddressBlocked for a relative one that would
/// leave its namespace, and for an empty key.
Result<Location> LocationOf(const ObjectPointer& object);
/// The bucket of a namespace, and what its keys begin with: empty, or ends with '/'.
Result<Location> LocationOfNamespace(std::string_view storage_namespace);
/// What the keys of an import source begin with, as it is written: escapes stay.
Result<Location> LocationOfSource(std::string_view source_uri);
/// As the source of a copy is named, escaped.
std::string CopySourceOf(const Location& location);
/// "s3://bucket/key".
std::string UriOf(const Location& location);

}  // namespace tarn::block::s3
