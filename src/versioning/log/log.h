// Log of a ref with its filters. Level 6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "versioning/context.h"

namespace tarn::versioning {

struct LogRequest {
  std::string ref;
  std::string after;    ///< Ref expression; empty: none.
  std::string stop_at;  ///< Ref expression; empty: none.
  int amount = 100;
  bool limit = false, first_parent = false;
  std::optional<int64_t> since_seconds;
  std::vector<std::string> objects, prefixes;
};
Result<refs::Page<refs::Commit>> Log(Context& context, const refs::Repository& repository,
                                     const LogRequest& request);

}  // namespace tarn::versioning
