// `require` and the table `package`. Modules come from package.preload, from what is built in, and
// from objects of the ref; files and dynamic libraries are out of reach.
#include <algorithm>
#include <iterator>
#include <lua.hpp>

#include "hooks/lua/call.h"
#include "hooks/lua/libraries.h"
#include "hooks/lua/modules.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kModuleNameBytesMax = 1024;

/// The loader of a module of ours; its upvalue is the Module.
int OpenModule(lua_State* state) {
  const auto* const module = static_cast<const Module*>(lua_touserdata(state, lua_upvalueindex(1)));
  const std::span<const Function> functions = module->functions();
  lua_createtable(state, 0, static_cast<int>(functions.size()));
  for (const Function& function : functions) {
    lua_pushcfunction(state, function.function);
    lua_setfield(state, -2, function.name);
  }
  return 1;
}

std::string WithSlashes(std::string_view name) {
  std::string path(name);
  std::replace(path.begin(), path.end(), '.', '/');
  return path;
}

/// Finds the source of a module among the objects of the ref: returns source and chunk name, or "".
Status FindObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view name, call.Text(1));
  const auto& read = call.host().script().read_object;
  if (!read || name.empty() || name.size() > kModuleNameBytesMax) {
    call.ReturnText("");
    return {};
  }
  const std::string path = WithSlashes(name) + ".lua";
  auto source = read(path);
  if (!source.ok()) {
    call.ReturnText("");
    return {};
  }
  TARN_TRY(call.Allow(source->size()));
  call.Return(*std::move(source));
  call.ReturnText("@" + path);
  return {};
}

/// Pushes the loader of a module written in Lua.
int LoadSource(lua_State* state, const char* source, size_t size, const char* chunk_name) {
  if (luaL_loadbufferx(state, source, size, chunk_name, "t") != LUA_OK) return lua_error(state);
  return 1;
}

// What the searchers say of a module that they do not know makes, in a row, the reference's text.

int SearchPreload(lua_State* state) {
  const char* const name = luaL_checkstring(state, 1);
  lua_getfield(state, LUA_REGISTRYINDEX, "_PRELOAD");
  lua_getfield(state, -1, name);
  if (lua_isnil(state, -1)) {
    lua_pushfstring(state, " \n\tno field package.preload['%s']", name);
  }
  return 1;
}

int SearchBuiltIn(lua_State* state) {
  size_t size = 0;
  const char* const name = luaL_checklstring(state, 1, &size);
  const Script& script = Host::Of(state).script();
  if (const Module* const module = FindModule({name, size}, script)) {
    lua_pushlightuserdata(state, const_cast<Module*>(module));
    lua_pushcclosure(state, OpenModule, 1);
    return 1;
  }
  const char* const path = luaL_gsub(state, name, ".", "/");
  if (const LuaModule* const module = FindLuaModule(path)) {
    return LoadSource(state, module->source->data(), module->source->size(), module->chunk_name);
  }
  lua_pushliteral(state, "?.lua");
  return 1;
}

int SearchObjects(lua_State* state) {
  luaL_checkstring(state, 1);
  lua_settop(state, 1);
  if (Native<FindObject>(state) == 1) return 1;
  size_t size = 0;
  const char* const source = lua_tolstring(state, -2, &size);
  return LoadSource(state, source, size, lua_tostring(state, -1));
}

/// package.searchpath(name, path): of files there are those that are built in.
Status SearchPath(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view name, call.Text(1));
  TARN_TRY_ASSIGN(std::string_view path, call.Text(2));
  TARN_TRY(call.Allow(name.size() * (path.size() + 1)));
  const std::string file = WithSlashes(name);
  std::string missing;
  int count = 0;
  while (!path.empty()) {
    const std::string_view one = path.substr(0, path.find(';'));
    path.remove_prefix(std::min(path.size(), one.size() + 1));
    std::string candidate;
    for (const char c : one) c == '?' ? candidate += file : candidate += c;
    if (candidate.ends_with(".lua") &&
        FindLuaModule(std::string_view(candidate).substr(0, candidate.size() - 4)) != nullptr) {
      call.Return(std::move(candidate));
      return {};
    }
    missing += "\t* no file " + candidate + "\n";
    ++count;
  }
  call.ReturnNil();
  call.ReturnText(std::to_string(count) + (count == 1 ? " error" : " errors") + " occurred:\n" +
                  missing + "\n");
  return {};
}

Status LoadLibrary(Call& call) {
  call.ReturnNil();
  call.ReturnText("dynamic libraries not enabled; check your Lua installation");
  call.ReturnText("absent");
  return {};
}

Status DefaultPath(Call& call) {
  const auto& getenv = call.host().script().getenv;
  call.ReturnText((getenv ? getenv("LUA_PATH") : std::nullopt).value_or("?.lua"));
  return {};
}

constexpr luaL_Reg kFunctions[] = {
    {"loadlib", Native<LoadLibrary>}, {"searchpath", Native<SearchPath>}, {nullptr, nullptr}};

constexpr std::string_view kNames[] = {"config",  "loaded",    "loadlib",   "path",
                                       "preload", "searchers", "searchpath"};
constexpr NativeFunction kSearchers[] = {SearchPreload, SearchBuiltIn, SearchObjects};

}  // namespace

void OpenPackageLibrary(lua_State* state) {
  // The variables of the environment that the library would read are none of the script's.
  lua_pushboolean(state, 1);
  lua_setfield(state, LUA_REGISTRYINDEX, "LUA_NOENV");
  luaL_requiref(state, "package", luaopen_package, 1);
  lua_createtable(state, static_cast<int>(std::size(kSearchers)), 0);
  for (int i = 0; i < std::ssize(kSearchers); ++i) {
    lua_pushcfunction(state, kSearchers[i]);
    lua_rawseti(state, -2, i + 1);
  }
  lua_setfield(state, -2, "searchers");
  luaL_setfuncs(state, kFunctions, 0);
  lua_pushcfunction(state, Native<DefaultPath>);
  lua_call(state, 0, 1);
  lua_setfield(state, -2, "path");
  KeepOnly(state, kNames);
  lua_pop(state, 1);
}

}  // namespace tarn::hooks::lua
