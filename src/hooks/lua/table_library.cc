// The table library. `insert` and `remove` go by the length without metamethods: one that lies
// would keep them busy for hours.
#include <lua.hpp>

#include "hooks/lua/libraries.h"

namespace tarn::hooks::lua {
namespace {

int Length(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  return static_cast<int>(lua_rawlen(state, 1));
}

int Insert(lua_State* state) {
  const int end = Length(state) + 1;
  int position = end;
  switch (lua_gettop(state)) {
    case 2:
      break;
    case 3:
      position = luaL_checkint(state, 2);
      luaL_argcheck(state, 1 <= position && position <= end, 2, "position out of bounds");
      for (int i = end; i > position; --i) {
        lua_rawgeti(state, 1, i - 1);
        lua_rawseti(state, 1, i);
      }
      break;
    default:
      return luaL_error(state, "wrong number of arguments to 'insert'");
  }
  lua_rawseti(state, 1, position);
  return 0;
}

int Remove(lua_State* state) {
  const int size = Length(state);
  int position = luaL_optint(state, 2, size);
  if (position != size) {
    luaL_argcheck(state, 1 <= position && position <= size + 1, 2, "position out of bounds");
  }
  lua_rawgeti(state, 1, position);
  for (; position < size; ++position) {
    lua_rawgeti(state, 1, position + 1);
    lua_rawseti(state, 1, position);
  }
  lua_pushnil(state);
  lua_rawseti(state, 1, position);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"insert", Insert}, {"remove", Remove}, {nullptr, nullptr}};
constexpr std::string_view kNames[] = {"concat", "insert", "pack", "remove", "sort", "unpack"};

}  // namespace

void OpenTableLibrary(lua_State* state) {
  luaL_requiref(state, "table", luaopen_table, 1);
  luaL_setfuncs(state, kFunctions, 0);
  KeepOnly(state, kNames);
  lua_pop(state, 1);
}

}  // namespace tarn::hooks::lua
