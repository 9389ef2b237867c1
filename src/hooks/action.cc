#include "hooks/action.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "hooks/action_yaml.h"
#include "hooks/hook_types.h"
#include "hooks/path_match.h"

namespace tarn::hooks {
namespace {

Status Invalid(std::string_view what) {
  return {Code::kInternal, std::string(what) + ": invalid action"};
}

bool Fits(std::string_view text, const re2::RE2& expression) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), expression);
}

Status CheckName(const Action& action) {
  static const re2::RE2 kName(R"(\w[\w\-. ]+)");
  if (action.name.empty()) return Invalid("'name' is required");
  return Fits(action.name, kName) ? Status() : Invalid("'name' is invalid");
}

Status CheckEvents(const Action& action) {
  if (action.on.empty()) return Invalid("'on' is required");
  for (const auto& [event, branches] : action.on) {
    if (!versioning::FindHookEvent(event)) {
      return Invalid("event '" + event + "' is not supported");
    }
    if (!branches.empty() && event.ends_with("-tag")) {
      return {Code::kInternal,
              "'branches' is not supported in tag event types. invalid event parameter"};
    }
  }
  return {};
}

Status CheckHooks(const Action& action) {
  static const re2::RE2 kId(R"([_a-zA-Z][\-_a-zA-Z0-9]{1,255})");
  std::set<std::string_view> ids;
  for (size_t i = 0; i < action.hooks.size(); ++i) {
    const ActionHook& hook = action.hooks[i];
    if (!Fits(hook.id, kId)) return Invalid(fmt::format("hook[{}] missing ID", i));
    if (!ids.insert(hook.id).second) {
      return Invalid(fmt::format("hook[{}] duplicate ID '{}'", i, hook.id));
    }
    const HookType* const type = FindHookType(hook.type);
    // The reference prints the id here.
    if (type == nullptr) return Invalid(fmt::format("hook[{}] type '{}' unknown", i, hook.id));
    const Status complete = CheckRequired(*type, hook.properties);
    if (!complete.ok()) {
      return Invalid(fmt::format("hook[{}] type '{}': {}", i, hook.type, complete.message()));
    }
  }
  return {};
}

}  // namespace

Result<Action> ParseAction(std::string_view text) {
  TARN_TRY_ASSIGN(Action action, ReadActionYaml(text));
  TARN_TRY(CheckName(action));
  TARN_TRY(CheckEvents(action));
  TARN_TRY(CheckHooks(action));
  return action;
}

Result<bool> Concerns(const Action& action, versioning::HookEvent event, std::string_view branch) {
  const std::string_view name = versioning::HookEventName(event);
  const auto found = std::find_if(action.on.begin(), action.on.end(),
                                  [&](const auto& on) { return on.first == name; });
  if (found == action.on.end()) return false;
  if (found->second.empty()) return true;
  for (const std::string& pattern : found->second) {
    TARN_TRY_ASSIGN(const bool fits, PathMatches(pattern, branch));
    if (fits) return true;
  }
  return false;
}

}  // namespace tarn::hooks
