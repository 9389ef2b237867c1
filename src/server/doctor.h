// Looks whether an object store can be worked with: each thing that the server will ask of it is
// asked for once, in a namespace. Level 9.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "block/object_store.h"

namespace tarn::server {

/// What one look came to.
struct Finding {
  std::string_view check;  ///< What was tried: "put".
  Status status;
  std::string_view advice;  ///< Of a failure: what to change.
};

struct DoctorTools {
  Clock& clock;
  Random& random;
  /// Fetches a presigned URL; fails unless its bytes are `expected`. Null: URLs are only made.
  std::function<Status(const std::string& url, std::string_view expected)> fetch = nullptr;
};

/// Writes, reads and removes small objects and one of two parts, below `_lakefs/doctor/`; nothing
/// stays behind if the store lets them be removed. Waits.
std::vector<Finding> Examine(block::ObjectStore& store, std::string_view storage_namespace,
                             const DoctorTools& tools);

}  // namespace tarn::server
