#include "hooks/lua/script.h"

#include <lua.hpp>
#include <memory>

#include "hooks/lua/call.h"
#include "hooks/lua/host.h"
#include "hooks/lua/libraries.h"
#include "hooks/lua/values.h"

namespace tarn::hooks::lua {
namespace {

// What `hook.fail` raises; the text between is what the hook fails with.
constexpr std::string_view kFailureBegin = "<HookFailure>", kFailureEnd = "</HookFailure>";

Status Globals(Call& call) {
  const Script& script = call.host().script();
  call.Return(Json(script.username));
  call.Return(script.args);
  call.Return(script.action);
  return {};
}

/// Everything that a script finds.
int SetUp(lua_State* state) {
  OpenValues(state);
  OpenBaseLibrary(state);
  OpenStringLibrary(state);
  OpenTableLibrary(state);
  OpenMathLibrary(state);
  OpenDebugLibrary(state);
  OpenPackageLibrary(state);
  TidyGlobals(state);
  lua_pushcfunction(state, Native<Globals>);
  lua_call(state, 0, 3);
  lua_setglobal(state, "action");
  lua_setglobal(state, "args");
  lua_setglobal(state, "username");
  return 0;
}

/// Adds where it happened to an error that nobody caught.
int AddTraceback(lua_State* state) {
  if (Host::Of(state).has_ended()) return 1;
  const char* message = lua_tostring(state, 1);
  if (message == nullptr) {
    if (luaL_callmeta(state, 1, "__tostring") != 0 && lua_isstring(state, -1)) {
      message = lua_tostring(state, -1);
    } else {
      message = lua_pushfstring(state, "(error object is a %s value)", luaL_typename(state, 1));
    }
  }
  luaL_traceback(state, state, message, 1);
  return 1;
}

/// What the failure at the top of the stack means to the hook.
Status Failure(lua_State* state, const Host& host, std::string_view kind) {
  if (host.has_ended()) return host.EndStatus();
  size_t size = 0;
  const char* const text =
      lua_type(state, -1) == LUA_TSTRING ? lua_tolstring(state, -1, &size) : "";
  const std::string_view message(text, size);
  const size_t begin = message.find(kFailureBegin);
  const size_t end = message.rfind(kFailureEnd);
  if (begin != std::string_view::npos && end != std::string_view::npos && begin < end) {
    const size_t from = begin + kFailureBegin.size();
    return {Code::kHookFailed, std::string(message.substr(from, end - from))};
  }
  return {Code::kHookFailed, std::string(kind) + std::string(message)};
}

struct CloseState {
  void operator()(lua_State* state) const { lua_close(state); }
};

}  // namespace

Status Run(const Script& script) {
  Host host(script);
  const std::unique_ptr<lua_State, CloseState> owned(lua_newstate(Host::Allocate, &host));
  lua_State* const state = owned.get();
  if (state == nullptr) return {Code::kHookFailed, "runtime error: not enough memory"};
  lua_pushcfunction(state, SetUp);
  if (lua_pcall(state, 0, 0, 0) != LUA_OK) return Failure(state, host, "runtime error: ");
  Host::Watch(state);
  lua_pushcfunction(state, AddTraceback);
  const std::string name = script.name.empty() ? "lua" : script.name;
  if (luaL_loadbufferx(state, script.source.data(), script.source.size(), name.c_str(), "t") !=
      LUA_OK) {
    return Failure(state, host, "syntax error: ");
  }
  if (lua_pcall(state, 0, 0, -2) != LUA_OK) return Failure(state, host, "runtime error: ");
  // A script may have got out of its loop by what it caught, and ended.
  return host.has_ended() ? host.EndStatus() : Status();
}

}  // namespace tarn::hooks::lua
