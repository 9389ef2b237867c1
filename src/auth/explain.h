// Why a user may do something, or may not. Level 7; pure functions.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/directory.h"

namespace tarn::auth {

/// What a user might ask for.
struct AccessQuestion {
  std::string action;    ///< "fs:ReadObject"
  std::string resource;  ///< Its name: "arn:lakefs:fs:::repository/lake/object/a/b".
  /// What conditions are about, by name ("SourceIp"); what is not there is unknown.
  std::map<std::string, std::string, std::less<>> facts;
};

struct Explanation {
  /// A statement of a policy, and where it stands there, from 0 on.
  struct Source {
    std::string policy;
    size_t statement = 0;
    std::string effect;
  };
  bool allowed = false;
  /// What denied, or allowed first; nothing where no statement covers the question.
  std::optional<Source> decided_by;
  /// Actions that nothing allows.
  std::vector<std::string> missing;
};

/// Decides as a request of that user would be decided on, by `policies`, all that hold for the
/// user.
Explanation Explain(std::span<const StoredPolicy> policies, std::string_view username,
                    const AccessQuestion& question);

}  // namespace tarn::auth
