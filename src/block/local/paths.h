// From storage addresses to files: the layout, traversal rules and public addresses of the local
// store (docs/formats/local-store.md). Level 3; immutable, thread-safe, no I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "block/object_store.h"

namespace tarn::block {

/// Directory below the root that belongs to the store itself; no object can live in it.
inline constexpr std::string_view kPrivateDirectory = ".tarn";

/// Where a file is: below the root by a relative path, or anywhere by an absolute one.
struct FilePath {
  std::string path;
  bool below_root = true;     ///< `path` is relative to the root, clean and not empty.
  bool full_address = false;  ///< Someone else may have put it there: an import source.
};

class LocalPaths {
 public:
  /// `root` is absolute and clean.
  LocalPaths(std::string root, std::vector<std::string> allowed_external_prefixes)
      : root_(std::move(root)), allowed_(std::move(allowed_external_prefixes)) {}

  const std::string& root() const { return root_; }
  /// The file of an object. kAddressBlocked ("bad path traversal blocked"), kForbidden
  /// ("forbidden"), kInvalidAddress.
  Result<FilePath> Resolve(const ObjectPointer& object) const;
  /// The same for writing: only below the root.
  Result<std::string> ResolveForWrite(const ObjectPointer& object) const;
  /// The absolute path of an import source, decoded and without trailing slash. kInvalidAddress
  /// ("could not parse storage URI <nil>: ...", "expected storage type local: invalid address"),
  /// kAddressBlocked, kForbidden.
  Result<std::string> ResolveSource(std::string_view source_uri) const;
  /// "local://" and the path, the root being put before the paths of full addresses too.
  Result<std::string> Format(const ObjectPointer& object) const;

 private:
  Status CheckAbsolute(std::string_view path) const;
  Result<FilePath> ResolveAbsolute(std::string_view path) const;
  std::string Show(std::string_view scheme, std::string_view name, std::string_view key) const;

  std::string root_;
  std::vector<std::string> allowed_;
};

}  // namespace tarn::block
