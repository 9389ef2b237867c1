// The language's own libraries as scripts find them: stock Lua's where it does what the reference
// does, ours elsewhere. All raise; each leaves the stack as it was. Level 7; one thread.
#pragma once

#include <span>
#include <string_view>

struct lua_State;

namespace tarn::hooks::lua {

/// Makes `setmetatable` take a table's finalizer away: code that runs during a collection would run
/// at any time, even after the script. Sets the metatable at the top for the value at `index`.
void SetMetatable(lua_State* state, int index);

/// Takes all but some names out of the table at the top: what the library of a system has besides
/// the language (ways to load compiled code, for one) is not for scripts.
void KeepOnly(lua_State* state, std::span<const std::string_view> names);

void OpenBaseLibrary(lua_State* state);
void OpenStringLibrary(lua_State* state);
void OpenTableLibrary(lua_State* state);
void OpenMathLibrary(lua_State* state);
void OpenDebugLibrary(lua_State* state);
void OpenPackageLibrary(lua_State* state);
/// Takes out of the globals what is none of the above. The last step.
void TidyGlobals(lua_State* state);

}  // namespace tarn::hooks::lua
