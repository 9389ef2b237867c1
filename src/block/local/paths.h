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

/// Where a file is: below a directory, without symbolic links on the way.
struct FilePath {
  std::string base;           ///< Absolute; its own links are followed. Empty: the root.
  std::string path;           ///< Relative, clean and not empty; "." is the base itself.
  bool full_address = false;  ///< Someone else may have put it there: an import source.
  bool below_root() const { return base.empty(); }
};

class LocalPaths {
 public:
  /// `root` is absolute and clean.
  LocalPaths(std::string root, const std::vector<std::string>& allowed_external_prefixes);

  const std::string& root() const { return root_; }
  /// The file of an object. kAddressBlocked ("bad path traversal blocked"), kForbidden
  /// ("forbidden"), kInvalidAddress.
  Result<FilePath> Resolve(const ObjectPointer& object) const;
  /// The same for writing: only below the root.
  Result<std::string> ResolveForWrite(const ObjectPointer& object) const;
  /// The place of an import source, percent escapes decoded. kInvalidAddress
  /// ("could not parse storage URI <nil>: ...", "expected storage type local: invalid address"),
  /// kAddressBlocked, kForbidden.
  Result<FilePath> ResolveSource(std::string_view source_uri, WalkKind kind) const;
  /// An address that names the object in every namespace: "local://" and the absolute path of a
  /// relative one, a full one as it stands.
  Result<std::string> Format(const ObjectPointer& object) const;

 private:
  Result<FilePath> ResolveAbsolute(std::string_view path, WalkKind kind) const;
  std::string FormatRelative(const ObjectPointer& object) const;

  std::string root_;
  std::vector<std::string> allowed_;  // absolute and clean
};

}  // namespace tarn::block
