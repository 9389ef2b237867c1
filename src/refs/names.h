// Which names are allowed, with the reference's error texts (spec of names: docs/formats/kv.md).
// Level 5, pure functions.
#pragma once

#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace tarn::refs {

inline constexpr size_t kPathBytesMax = 1024;

/// kInvalidValue "argument <argument>: repository id: invalid value: validation error" and its kin.
Status CheckRepositoryId(std::string_view argument, const RepositoryId& id);
Status CheckBranchId(std::string_view argument, const BranchId& id);
Status CheckTagId(std::string_view argument, const TagId& id);
Status CheckRef(std::string_view argument, std::string_view ref);
/// kPathRequired when empty, kInvalidValue when over kPathBytesMax.
Status CheckPath(std::string_view argument, std::string_view path);
/// For what will be stored: CheckPath, and kInvalidRequest when it is not UTF-8. Answers in JSON
/// and XML could not name such a path, so no page of a listing could be continued behind it. Older
/// ones are still read, listed and deleted.
Status CheckNewPath(std::string_view argument, std::string_view path);

}  // namespace tarn::refs
