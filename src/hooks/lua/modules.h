// The modules that scripts can require: tables of our functions, and modules written in Lua. One
// file each in modules/ and catalogexport/; this is the list. Level 7; immutable.
#pragma once

#include <span>
#include <string_view>

#include "hooks/lua/host.h"

namespace tarn::hooks::lua {

struct Module {
  std::string_view name;
  std::span<const Function> (*functions)();
  /// Whether a script has it; null: each has.
  bool (*is_there)(const Script&) = nullptr;
};

struct LuaModule {
  std::string_view name;
  const char* chunk_name;  ///< As positions show it, behind "@".
  const std::string_view* source;
};

/// The module of a name, or null.
const Module* FindModule(std::string_view name, const Script& script);
const LuaModule* FindLuaModule(std::string_view name);

}  // namespace tarn::hooks::lua
