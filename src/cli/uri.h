// lakefs://repository[/ref[/path]]: what commands take as arguments. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::cli {

struct LakeUri {
  std::string repository;
  std::string ref;                  ///< Empty: none.
  std::optional<std::string> path;  ///< Without the first slash; "lakefs://r/b/" has an empty one.
  /// "lakefs://r/b/path".
  std::string ToString() const;
};

/// kInvalidValue "malformed lakefs URI".
Result<LakeUri> ParseUri(std::string_view text);

/// Parse and check the parts that a kind of argument needs; kInvalidValue begins with `label`.
Result<LakeUri> ParseRepositoryUri(std::string_view label, std::string_view text);
Result<LakeUri> ParseRefUri(std::string_view label, std::string_view text);
Result<LakeUri> ParseBranchUri(std::string_view label, std::string_view text);
Result<LakeUri> ParsePathUri(std::string_view label, std::string_view text);

}  // namespace tarn::cli
