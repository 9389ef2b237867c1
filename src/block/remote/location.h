// Bucket and key of an object, from its address, for stores whose URIs are "scheme://bucket/key".
// Level 3; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "block/address.h"
#include "block/object_io.h"

namespace tarn::block::remote {

/// One object or, with an empty key, a bucket. Borrowed.
struct Place {
  std::string_view bucket, key;
};
/// "bucket/key", for messages.
std::string TextOf(const Place& place);

struct Location {
  std::string bucket, key;
  Place place() const { return {bucket, key}; }
};

/// kInvalidAddress for what is no address of such a store, kAddressBlocked for a relative one that
/// would leave its namespace, and for an empty key.
Result<Location> LocationOf(StorageType type, const ObjectPointer& object);
/// The bucket of a namespace, and what its keys begin with: empty, or ends with '/'.
Result<Location> LocationOfNamespace(StorageType type, std::string_view storage_namespace);
/// What the keys of an import source begin with, as it is written: escapes stay.
Result<Location> LocationOfSource(StorageType type, std::string_view source_uri);
/// "scheme://bucket/key".
std::string UriOf(StorageType type, const Location& location);
/// ObjectStore::Locate.
Result<std::string> Locate(StorageType type, const ObjectPointer& object);

/// Whether an element is "..": no key of ours has one, and servers take it for a way up.
bool LeadsUp(std::string_view address);

}  // namespace tarn::block::remote
