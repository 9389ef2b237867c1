// Hooks that run a script: their properties, and what the script is told. Running it is a
// service's.
#include <optional>

#include "fmt/format.h"
#include "hooks/action.h"
#include "hooks/hook_types.h"

namespace tarn::hooks {
namespace {

constexpr Timestamp kNoTime = {-62'135'596'800, 0};  ///< 0001-01-01

Status WrongType(std::string_view what) {
  return {Code::kInternal, std::string(what) + ": wrong value type"};
}

Result<std::string> ReadText(const Json& properties, std::string_view key) {
  const Json* const value = properties.Find(key);
  if (value == nullptr) return std::string();
  if (value->is_string()) return value->string();
  return WrongType(fmt::format("value of {} is not of type string", key));
}

/// Puts variables into all texts of a value.
Status SubstituteIn(Json* value, const HookEnvironment& environment, Masker* masker) {
  if (value->is_string()) {
    TARN_TRY_ASSIGN(SubstitutedText text, Substitute(value->string(), environment, masker));
    *value = Json(std::move(text.value));
  } else if (value->is_array()) {
    for (Json& item : value->items()) TARN_TRY(SubstituteIn(&item, environment, masker));
  } else if (value->is_object()) {
    for (auto& [name, member] : value->members()) {
      TARN_TRY(SubstituteIn(&member, environment, masker));
    }
  }
  return {};
}

Json CommitTable(const Event& event) {
  const refs::Commit none{.created = kNoTime, .version = 0};
  const refs::Commit& commit = event.commit ? *event.commit : none;
  Json::Object metadata;
  for (const auto& [name, value] : commit.metadata) metadata.emplace_back(name, Json(value));
  Json::Array parents;
  for (const CommitId& parent : commit.parents) parents.emplace_back(parent.view());
  return Json(Json::Object{{"message", Json(commit.message)},
                           {"meta_range_id", Json(commit.metarange.view())},
                           {"creation_date", Json(FormatRfc3339({commit.created.seconds, 0}))},
                           {"version", Json(int64_t{commit.version})},
                           {"metadata", Json(std::move(metadata))},
                           {"parents", Json(std::move(parents))}});
}

class LuaHook final : public Hook {
 public:
  static Result<std::unique_ptr<Hook>> Make(const HookParts& parts) {
    auto hook = std::make_unique<LuaHook>(parts);
    const Json& properties = parts.hook.properties;
    TARN_TRY_ASSIGN(hook->script_, ReadText(properties, "script"));
    TARN_TRY_ASSIGN(hook->path_, ReadText(properties, "script_path"));
    if (hook->script_.empty() && hook->path_.empty()) {
      return WrongType("'script' or 'script_path' must be supplied");
    }
    if (const Json* const args = properties.Find("args")) {
      if (!args->is_object()) return WrongType("'args' should be a map");
      hook->args_ = *args;
      const Status read = SubstituteIn(&hook->args_, parts.services.environment, parts.masker);
      TARN_TRY(Status(read).Prefixed("error parsing args: "));
    }
    return std::unique_ptr<Hook>(std::move(hook));
  }

  explicit LuaHook(const HookParts& parts)
      : services_(parts.services), action_name_(parts.action_name), hook_id_(parts.hook.id) {}

  Status Run(const Event& event, HookOutput& output,
             const std::function<bool()>& is_cancelled) override {
    std::string source = script_;
    if (source.empty()) {
      TARN_TRY_ASSIGN(source, services_.read_object(event, path_));
    }
    lua::Script script;
    script.name = "lua";  // Positions in messages name it so, wherever it came from.
    script.source = std::move(source);
    script.username = event.user;
    script.args = args_;
    script.action = ActionTable(event);
    script.is_cancelled = is_cancelled;
    script.output = [&](std::string_view text) {
      output.Append(text);
      return Status();
    };
    script.read_object = [&](std::string_view path) { return services_.read_object(event, path); };
    return services_.run_lua(std::move(script), event.depth);
  }

 private:
  Json ActionTable(const Event& event) const {
    return Json(Json::Object{{"action_name", Json(action_name_)},
                             {"hook_id", Json(hook_id_)},
                             {"run_id", Json(event.run_id)},
                             {"pre_run_id", Json(event.pre_run_id)},
                             {"event_type", Json(event.name())},
                             {"commit_id", Json(event.commit_id)},
                             {"branch_id", Json(event.branch)},
                             {"source_ref", Json(event.source_ref)},
                             {"tag_id", Json(event.tag)},
                             {"merge_source", Json(event.merge_source)},
                             {"repository_id", Json(event.repository.id.view())},
                             {"storage_namespace", Json(event.repository.storage_namespace.view())},
                             {"commit", CommitTable(event)}});
  }

  const HookServices& services_;
  const std::string action_name_, hook_id_;
  std::string script_, path_;
  Json args_{Json::Object()};
};

}  // namespace

Result<std::unique_ptr<Hook>> MakeLuaHook(const HookParts& parts) { return LuaHook::Make(parts); }

}  // namespace tarn::hooks
