// What a look at a database came to. Level 3.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tarn::kv {

/// One thing that was looked at.
struct Check {
  std::string_view name;
  Status status;
};

}  // namespace tarn::kv
