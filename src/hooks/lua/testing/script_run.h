// A script of a test: small limits, and what it prints. Level 7, tests only.
#pragma once

#include <string>
#include <string_view>

#include "hooks/lua/script.h"

namespace tarn::hooks::lua::testing {

struct ScriptRun {
  ScriptRun() {
    script.args = Json(Json::Object());
    script.action = Json(Json::Object());
    script.output = [this](std::string_view text) {
      output += text;
      return Status();
    };
  }
  ScriptRun(const ScriptRun&) = delete;

  /// Runs the script; the output ends like that of a hook.
  Status Run() {
    Status status = lua::Run(script);
    if (!status.ok()) {
      output.append("Error: action failed: ").append(status.message()).append("\n");
    }
    return status;
  }

  Script script;
  std::string output;
};

}  // namespace tarn::hooks::lua::testing
