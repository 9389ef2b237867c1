// The table of hook types: what each must be given, and how it is made ready. Level 7; constant
// data.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "hooks/hook.h"

namespace tarn::hooks {

struct ActionHook;

/// What a hook is made from; all outlives it.
struct HookParts {
  std::string_view action_name;
  const ActionHook& hook;
  const HookServices& services;
  /// For what is put into the properties.
  Masker* masker;
};

struct HookType {
  enum class Required : uint8_t { kAll, kAny };
  std::string_view name;
  std::span<const std::string_view> properties;
  Required required;
  /// Reads the properties. kInternal for wrong ones.
  Result<std::unique_ptr<Hook>> (*make)(const HookParts& parts);
};

/// Null for a name that is none.
const HookType* FindHookType(std::string_view name);
/// Whether the properties that a type needs are there: kInternal "missing hook properties", "'url'
/// must be supplied in properties".
Status CheckRequired(const HookType& type, const Json& properties);

Result<std::unique_ptr<Hook>> MakeWebhook(const HookParts& parts);
Result<std::unique_ptr<Hook>> MakeAirflowHook(const HookParts& parts);
Result<std::unique_ptr<Hook>> MakeLuaHook(const HookParts& parts);

}  // namespace tarn::hooks
