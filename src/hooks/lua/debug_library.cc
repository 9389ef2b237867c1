// What of the debug library cannot hurt: metatables and stack traces. Hooks would switch off
// limits, and upvalues of functions of ours are not for scripts.
#include <lua.hpp>

#include "hooks/lua/libraries.h"

namespace tarn::hooks::lua {
namespace {

int SetAnyMetatable(lua_State* state) {
  const int type = lua_type(state, 2);
  luaL_argcheck(state, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
  lua_settop(state, 2);
  SetMetatable(state, 1);
  return 1;
}

constexpr const char* kStock[] = {"getmetatable", "traceback"};

}  // namespace

void OpenDebugLibrary(lua_State* state) {
  luaL_getsubtable(state, LUA_REGISTRYINDEX, "_LOADED");
  lua_newtable(state);
  lua_pushcfunction(state, luaopen_debug);
  lua_call(state, 0, 1);  // loaded, ours, stock
  for (const char* const name : kStock) {
    lua_getfield(state, -1, name);
    lua_setfield(state, -3, name);
  }
  lua_pop(state, 1);
  lua_pushcfunction(state, SetAnyMetatable);
  lua_setfield(state, -2, "setmetatable");
  lua_pushvalue(state, -1);
  lua_setglobal(state, "debug");
  lua_setfield(state, -2, "debug");
  lua_pop(state, 1);
}

}  // namespace tarn::hooks::lua
