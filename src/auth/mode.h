// The modes of access, by their names in "auth.ui_config.rbac". Level 7; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tarn::auth {

enum class Mode : uint8_t {
  kNone,        ///< One user, who may do everything.
  kSimplified,  ///< Users in groups, each with one of four permissions.
  kInternal,    ///< Users, groups and policies.
  kExternal,    ///< The same, which another server has set up.
};

std::string_view ModeName(Mode mode);
/// Nothing for a text that is none of them.
std::optional<Mode> ParseMode(std::string_view name);

}  // namespace tarn::auth
