// The base library, bit32 and the global function `array`.
#include <algorithm>
#include <cstring>
#include <lua.hpp>

#include "hooks/lua/call.h"
#include "hooks/lua/libraries.h"
#include "hooks/lua/values.h"

namespace tarn::hooks::lua {
namespace {

int ToString(lua_State* state) {
  luaL_checkany(state, 1);
  if (luaL_callmeta(state, 1, "__tostring") != 0) return 1;
  if (lua_type(state, 1) == LUA_TNUMBER) {
    char text[40];
    lua_pushlstring(state, text, FormatNumber(lua_tonumber(state, 1), text));
  } else {
    luaL_tolstring(state, 1, nullptr);
  }
  return 1;
}

int Print(lua_State* state) {
  const int count = lua_gettop(state);
  Host& host = Host::Of(state);
  lua_getglobal(state, "tostring");
  // All texts first: what makes them may print, and may raise.
  for (int i = 1; i <= count; ++i) {
    lua_pushvalue(state, count + 1);
    lua_pushvalue(state, i);
    lua_call(state, 1, 1);
    if (lua_tostring(state, -1) == nullptr) {
      return luaL_error(state, "'tostring' must return a string to 'print'");
    }
    lua_replace(state, i);
  }
  host.BeginLine();
  for (int i = 1; i <= count && !host.has_ended(); ++i) {
    size_t size = 0;
    const char* const text = lua_tolstring(state, i, &size);
    if (i > 1) host.AddToLine("\t");
    host.AddToLine({text, size});
  }
  if (!host.has_ended()) host.EndLine();
  Host::StopIfDue(state);
  return 0;
}

int PCall(lua_State* state) {
  luaL_checkany(state, 1);
  const int status = lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0);
  Host::StopIfDue(state);  // The end of a script is no error that it may catch.
  luaL_checkstack(state, 1, nullptr);
  lua_pushboolean(state, status == LUA_OK ? 1 : 0);
  lua_insert(state, 1);
  return lua_gettop(state);
}

/// Calls a script's handler of errors, its upvalue. Not for the end of a script: that is raised
/// while nothing looks at the limits, and the handler would run on for ever.
int HandleError(lua_State* state) {
  if (Host::Of(state).has_ended()) return 1;
  lua_settop(state, 1);
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, 1, 1);
  return 1;
}

int XPCall(lua_State* state) {
  const int count = lua_gettop(state);
  luaL_argcheck(state, count >= 2, 2, "value expected");
  lua_pushvalue(state, 1);
  lua_pushvalue(state, 2);
  lua_pushcclosure(state, HandleError, 1);
  lua_replace(state, 1);
  lua_replace(state, 2);
  const int status = lua_pcall(state, count - 2, LUA_MULTRET, 1);
  Host::StopIfDue(state);
  lua_pushboolean(state, status == LUA_OK ? 1 : 0);
  lua_replace(state, 1);
  return lua_gettop(state);
}

/// Loads text only: compiled chunks can do anything to the interpreter.
int Load(lua_State* state) {
  const NativeFunction stock = Host::Of(state).stock_load;
  const int count = lua_gettop(state);
  if (count == 0) return stock(state);
  const char* const mode = luaL_optstring(state, 3, "bt");
  if (std::strchr(mode, 't') == nullptr) {
    const char* const text = lua_tostring(state, 1);
    const bool is_binary = text != nullptr && *text == *LUA_SIGNATURE;
    lua_pushnil(state);
    lua_pushfstring(state, "attempt to load a %s chunk (mode is '%s')",
                    is_binary ? "binary" : "text", mode);
    return 2;
  }
  if (count < 3) lua_settop(state, 3);
  lua_pushliteral(state, "t");
  lua_replace(state, 3);
  return stock(state);
}

int CollectGarbage(lua_State* state) {
  Host::StopIfDue(state);  // It may take long.
  const char* const what = luaL_optstring(state, 1, "collect");
  if (std::strcmp(what, "collect") == 0) {
    lua_pushinteger(state, lua_gc(state, LUA_GCCOLLECT, 0));
    return 1;
  }
  if (std::strcmp(what, "step") == 0) {
    lua_gc(state, LUA_GCSTEP, 0);
    lua_pushboolean(state, 1);
    return 1;
  }
  if (std::strcmp(what, "count") == 0) {
    const int rest = lua_gc(state, LUA_GCCOUNTB, 0);
    lua_pushnumber(state, lua_gc(state, LUA_GCCOUNT, 0) + rest / 1024.0);
    lua_pushinteger(state, rest);
    return 2;
  }
  lua_pushinteger(state, -1);
  return 1;
}

int SetMetatableFunction(lua_State* state) {
  const int type = lua_type(state, 2);
  luaL_checktype(state, 1, LUA_TTABLE);
  luaL_argcheck(state, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
  if (luaL_getmetafield(state, 1, "__metatable") != 0) {
    return luaL_error(state, "cannot change a protected metatable");
  }
  lua_settop(state, 2);
  SetMetatable(state, 1);
  return 1;
}

/// array(t): marks a table as a list.
int Array(lua_State* state) {
  if (lua_gettop(state) == 0) return luaL_error(state, "assertion failure");
  lua_settop(state, 1);
  if (lua_istable(state, 1)) MarkList(state);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {
    {"array", Array},
    {"collectgarbage", CollectGarbage},
    {"load", Load},
    {"pcall", PCall},
    {"setmetatable", SetMetatableFunction},
    {"print", Print},
    {"tostring", ToString},
    {"xpcall", XPCall},
    {nullptr, nullptr},
};
constexpr std::string_view kGlobals[] = {
    "_G",     "_VERSION", "array",        "assert",   "bit32",  "collectgarbage",
    "debug",  "error",    "getmetatable", "ipairs",   "load",   "math",
    "next",   "package",  "pairs",        "pcall",    "print",  "rawequal",
    "rawget", "rawlen",   "rawset",       "require",  "select", "setmetatable",
    "string", "table",    "tonumber",     "tostring", "type",   "xpcall",
};

}  // namespace

void SetMetatable(lua_State* state, int index) {
  if (!lua_istable(state, -1)) {
    lua_setmetatable(state, index);
    return;
  }
  lua_pushliteral(state, "__gc");
  lua_rawget(state, -2);  // metatable, finalizer
  lua_pushliteral(state, "__gc");
  lua_pushnil(state);
  lua_rawset(state, -4);
  lua_pushvalue(state, -2);
  lua_setmetatable(state, index);
  lua_pushliteral(state, "__gc");
  lua_insert(state, -2);
  lua_rawset(state, -3);
  lua_pop(state, 1);
}

void KeepOnly(lua_State* state, std::span<const std::string_view> names) {
  for (lua_pushnil(state); lua_next(state, -2) != 0;) {
    lua_pop(state, 1);
    size_t size = 0;
    const char* const text =
        lua_type(state, -1) == LUA_TSTRING ? lua_tolstring(state, -1, &size) : "";
    if (std::find(names.begin(), names.end(), std::string_view(text, size)) != names.end()) {
      continue;
    }
    lua_pushvalue(state, -1);
    lua_pushnil(state);
    lua_rawset(state, -4);
  }
}

void TidyGlobals(lua_State* state) {
  lua_pushglobaltable(state);
  KeepOnly(state, kGlobals);
  lua_pop(state, 1);
}

void OpenBaseLibrary(lua_State* state) {
  luaL_requiref(state, "_G", luaopen_base, 1);
  lua_getfield(state, -1, "load");
  Host::Of(state).stock_load = lua_tocfunction(state, -1);
  lua_pop(state, 1);
  luaL_setfuncs(state, kFunctions, 0);
  lua_pop(state, 1);
  luaL_requiref(state, "bit32", luaopen_bit32, 1);
  lua_pop(state, 1);
}

}  // namespace tarn::hooks::lua
