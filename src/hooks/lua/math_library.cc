// The math library. Numbers by chance are each script's own; the C library's are the process's.
#include <cmath>
#include <limits>
#include <lua.hpp>

#include "hooks/lua/host.h"
#include "hooks/lua/libraries.h"

namespace tarn::hooks::lua {
namespace {

int RandomNumber(lua_State* state) {
  const double chance = static_cast<double>(Host::Of(state).random()() >> 11) * 0x1p-53;
  double low = 1, high = 0;
  switch (lua_gettop(state)) {
    case 0:
      lua_pushnumber(state, chance);
      return 1;
    case 1:
      high = luaL_checknumber(state, 1);
      luaL_argcheck(state, low <= high, 1, "interval is empty");
      break;
    case 2:
      low = luaL_checknumber(state, 1);
      high = luaL_checknumber(state, 2);
      luaL_argcheck(state, low <= high, 2, "interval is empty");
      break;
    default:
      return luaL_error(state, "wrong number of arguments");
  }
  lua_pushnumber(state, std::floor(chance * (high - low + 1)) + low);
  return 1;
}

int RandomSeed(lua_State* state) {
  const double seed = luaL_checknumber(state, 1);
  Host::Of(state).random().seed(std::hash<double>()(seed));
  return 0;
}

constexpr luaL_Reg kFunctions[] = {
    {"random", RandomNumber}, {"randomseed", RandomSeed}, {nullptr, nullptr}};
constexpr std::string_view kNames[] = {
    "abs",   "acos", "asin",   "atan",       "atan2", "ceil", "cos",  "cosh", "deg",  "exp",
    "floor", "fmod", "frexp",  "huge",       "ldexp", "log",  "max",  "min",  "modf", "pi",
    "pow",   "rad",  "random", "randomseed", "sin",   "sinh", "sqrt", "tan",  "tanh",
};

}  // namespace

void OpenMathLibrary(lua_State* state) {
  luaL_requiref(state, "math", luaopen_math, 1);
  luaL_setfuncs(state, kFunctions, 0);
  lua_pushnumber(state, std::numeric_limits<double>::max());  // As the reference has it.
  lua_setfield(state, -2, "huge");
  KeepOnly(state, kNames);
  lua_pop(state, 1);
}

}  // namespace tarn::hooks::lua
