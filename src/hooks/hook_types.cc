#include "hooks/hook_types.h"

#include <algorithm>
#include <array>
#include <string>

#include "hooks/action.h"

namespace tarn::hooks {
namespace {

constexpr std::array<std::string_view, 1> kWebhook = {"url"};
constexpr std::array<std::string_view, 4> kAirflow = {"url", "dag_id", "username", "password"};
constexpr std::array<std::string_view, 2> kLua = {"script", "script_path"};

constexpr std::array<HookType, 3> kTypes = {{
    {"webhook", kWebhook, HookType::Required::kAll, MakeWebhook},
    {"airflow", kAirflow, HookType::Required::kAll, MakeAirflowHook},
    {"lua", kLua, HookType::Required::kAny, MakeLuaHook},
}};

Status Missing(const std::string& what) {
  return {Code::kInternal, what + " must be supplied in properties"};
}

}  // namespace

const HookType* FindHookType(std::string_view name) {
  const auto type = std::find_if(kTypes.begin(), kTypes.end(),
                                 [&](const HookType& one) { return one.name == name; });
  return type == kTypes.end() ? nullptr : &*type;
}

Status CheckRequired(const HookType& type, const Json& properties) {
  if (!properties.is_object()) return {Code::kInternal, "missing hook properties"};
  std::string names;
  bool has_any = false;
  for (const std::string_view name : type.properties) {
    const bool is_there = properties.Find(name) != nullptr;
    const std::string quoted = "'" + std::string(name) + "'";
    if (!is_there && type.required == HookType::Required::kAll) return Missing(quoted);
    has_any = has_any || is_there;
    names += (names.empty() ? "" : " or ") + quoted;
  }
  return has_any ? Status() : Missing(names);
}

}  // namespace tarn::hooks
