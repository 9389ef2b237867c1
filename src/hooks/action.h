// Actions: what the files below _lakefs_actions/ say, checked, and which of them an event concerns.
//
// Texts of failures are the reference's, because clients see them. Level 7; values and pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "versioning/hooks.h"

namespace tarn::hooks {

/// Most bytes of an action file, and values within its properties with all that aliases repeat.
inline constexpr int64_t kActionFileBytesMax = 1 << 20;
inline constexpr size_t kPropertyValuesMax = 100'000;

struct ActionHook {
  std::string id;
  std::string type;  ///< A name of the table of types (hook_types.h).
  std::string description;
  std::string condition;  ///< The `if`; empty: none.
  Json properties;        ///< An object, or null.
};

struct Action {
  std::string name;
  std::string description;
  /// Events, each with patterns of branches; none: all branches.
  std::vector<std::pair<std::string, std::vector<std::string>>> on;
  std::vector<ActionHook> hooks;
};

/// Reads and checks one file. kInternal with the reference's text: "yaml: ...", "'name' is
/// required: invalid action" and so on.
Result<Action> ParseAction(std::string_view text);

/// Whether the action is for the event on that branch (empty: an event without). kInternal ("syntax
/// error in pattern").
Result<bool> Concerns(const Action& action, versioning::HookEvent event, std::string_view branch);

}  // namespace tarn::hooks
