// Storage addresses: from the text in a record to scheme, namespace and key, and back to the text
// that clients see. Same rules for every adapter (docs/formats/address.md). Level 3, pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "block/object_io.h"

namespace tarn::block {

/// Kind of store that a URI belongs to.
enum class StorageType : uint8_t { kS3, kGs, kAzure, kLocal, kMem };

/// Type of a URI scheme; kInvalidAddress ("invalid storage scheme <s>: invalid address").
Result<StorageType> StorageTypeOf(std::string_view scheme);
/// Scheme that public addresses of that type are printed with.
std::string_view SchemeOf(StorageType type);
/// Name of a type of store (StoreInfo::type), which is another thing than its scheme.
std::string_view StoreTypeName(StorageType type);

/// An address taken apart. Percent escapes are kept as they are.
struct QualifiedKey {
  StorageType type = StorageType::kLocal;
  std::string storage_namespace;  ///< Host and path, without scheme and trailing slash.
  std::string key;
};

/// Resolves an address by its type. kInvalidAddress: "default namespace <ns>: invalid address",
/// "could not parse URI: parse ...", "invalid storage scheme <s>: invalid address".
Result<QualifiedKey> Resolve(const ObjectPointer& object);

/// The usual public form: "<scheme>://<namespace>/<key>".
std::string FormatUri(const QualifiedKey& key);

/// Removes empty, "." and ".." elements as far as the text allows; "" becomes ".". The result has
/// no trailing slash unless it is the root.
std::string CleanPath(std::string_view path);
/// True only if CleanPath would not change `path`; false for some of the others, too (names that
/// begin with a dot). Cheap: nearly every path that is shown passes.
bool IsCleanPath(std::string_view path);

/// Whether a place (ObjectStore::Locate) is a folder or below it; of addresses too, by elements.
bool IsWithin(std::string_view place, std::string_view folder);

/// kInvalidAddress if the text could not name an object in any store (it holds a NUL).
Status CheckPlainText(std::string_view address);

}  // namespace tarn::block
