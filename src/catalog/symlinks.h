// Lists of physical addresses, one per directory, for readers that take such lists as tables (Hive
// SymlinkTextInputFormat). Level 7; thread-safe function.
#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace tarn::catalog {

/// Writes "symlinks/<repository>/<ref>/<directory>/symlink.txt" for each directory with objects
/// under `prefix` at `ref`: their addresses, one per line. Elements that are no names of
/// directories
/// ("", ".", "..") are written as "%", "%.", "%..". Returns the folder of the lists. Errors
/// of Resolve ("not found").
Result<std::string> WriteSymlinks(Catalog& catalog, const refs::Repository& repository,
                                  std::string_view ref, std::string_view prefix);

}  // namespace tarn::catalog
