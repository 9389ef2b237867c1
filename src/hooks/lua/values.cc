#include "hooks/lua/values.h"

#include <cmath>
#include <cstdlib>
#include <lua.hpp>

#include "hooks/lua/call.h"

namespace tarn::hooks::lua {
namespace {

constexpr int kDepthMax = 200;
constexpr size_t kValueBytes = 64;  ///< About what a value takes as a document.

// Addresses that name entries of the registry.
const char kIsArrayKey = 0;   ///< The text "_is_array".
const char kListMetaKey = 0;  ///< The metatable of lists.

Status CannotPull(const std::string& what) {
  return {Code::kInvalidValue, what + ": cannot pull go type into lua"};
}

/// A walk over nested tables; each method leaves the stack as it was.
class Puller {
 public:
  Puller(lua_State* state, size_t bytes_max) : state_(state), bytes_left_(bytes_max) {}

  Result<Json> Table(int index, int depth) {
    if (depth > kDepthMax || lua_checkstack(state_, 8) == 0) {
      return CannotPull("tables are nested too deep");
    }
    return IsList(index) ? List(index, depth) : Object(index, depth);
  }

 private:
  Status Take(size_t bytes) {
    if (bytes + kValueBytes > bytes_left_) return {Code::kTooLarge, "not enough memory"};
    bytes_left_ -= bytes + kValueBytes;
    return {};
  }

  bool IsList(int index) {
    if (lua_getmetatable(state_, index) == 0) return false;
    lua_rawgetp(state_, LUA_REGISTRYINDEX, &kIsArrayKey);
    lua_rawget(state_, -2);
    const bool is_list = lua_toboolean(state_, -1) != 0;
    lua_pop(state_, 2);
    return is_list;
  }

  Result<Json> Value(int depth) {
    const int index = lua_gettop(state_);
    switch (lua_type(state_, index)) {
      case LUA_TBOOLEAN:
        TARN_TRY(Take(0));
        return Json(lua_toboolean(state_, index) != 0);
      case LUA_TNUMBER:
        TARN_TRY(Take(0));
        return ToJson(lua_tonumber(state_, index));
      case LUA_TSTRING: {
        size_t size = 0;
        const char* const text = lua_tolstring(state_, index, &size);
        TARN_TRY(Take(size));
        return Json(std::string_view(text, size));
      }
      case LUA_TTABLE:
        TARN_TRY(Take(0));
        return Table(index, depth + 1);
      default:
        return CannotPull(std::string("pull table, unsupported type ") +
                          luaL_typename(state_, index));
    }
  }

  Result<Json> List(int index, int depth) {
    Json::Array items;
    for (lua_pushnil(state_); lua_next(state_, index) != 0; lua_pop(state_, 1)) {
      const double key = lua_type(state_, -2) == LUA_TNUMBER ? lua_tonumber(state_, -2) : 0;
      if (key < 1 || key != std::floor(key)) {
        lua_pop(state_, 2);
        return CannotPull("pull array: expected numeric index, got 'function'");
      }
      if (key > static_cast<double>(items.size())) {
        const double added = key - static_cast<double>(items.size());
        if (added > static_cast<double>(bytes_left_ / kValueBytes)) {
          lua_pop(state_, 2);
          return Status(Code::kTooLarge, "not enough memory");
        }
        items.resize(static_cast<size_t>(key));
        bytes_left_ -= kValueBytes * static_cast<size_t>(added);
      }
      auto value = Value(depth);
      if (!value.ok()) {
        lua_pop(state_, 2);
        return std::move(value).status();
      }
      items[static_cast<size_t>(key) - 1] = *std::move(value);
    }
    return Json(std::move(items));
  }

  Result<std::string> Key() {
    switch (lua_type(state_, -2)) {
      case LUA_TNUMBER:
        return NumberText(lua_tonumber(state_, -2));
      case LUA_TSTRING: {
        size_t size = 0;
        const char* const text = lua_tolstring(state_, -2, &size);
        TARN_TRY(Take(size));
        return std::string(text, size);
      }
      default:
        return CannotPull(std::string("key should be a string (") + luaL_typename(state_, -2) +
                          ")");
    }
  }

  Result<Json> Object(int index, int depth) {
    Json::Object members;
    for (lua_pushnil(state_); lua_next(state_, index) != 0; lua_pop(state_, 1)) {
      auto key = Key();
      auto value = key.ok() ? Value(depth) : Result<Json>(key.status());
      if (!value.ok()) {
        lua_pop(state_, 2);
        return std::move(value).status();
      }
      members.emplace_back(*std::move(key), *std::move(value));
    }
    return Json(std::move(members));
  }

  lua_State* const state_;
  size_t bytes_left_;
};

void PushText(lua_State* state, const std::string& text) {
  lua_pushlstring(state, text.data(), text.size());
}

void PushFunctions(lua_State* state, const Functions& table) {
  lua_createtable(state, 0, static_cast<int>(table.count));
  for (size_t i = 0; i < table.count; ++i) {
    for (const std::string& text : table.captured) PushText(state, text);
    lua_pushcclosure(state, table.functions[i].function, static_cast<int>(table.captured.size()));
    lua_setfield(state, -2, table.functions[i].name);
  }
}

void PushTexts(lua_State* state, const TextsByNumber& lists) {
  lua_createtable(state, 0, static_cast<int>(lists.size()));
  for (const auto& [number, texts] : lists) {
    lua_pushnumber(state, static_cast<double>(number));
    lua_createtable(state, static_cast<int>(texts.size()), 0);
    MarkList(state);
    for (size_t i = 0; i < texts.size(); ++i) {
      PushText(state, texts[i]);
      lua_rawseti(state, -2, static_cast<int>(i + 1));
    }
    lua_rawset(state, -3);
  }
}

}  // namespace

void OpenValues(lua_State* state) {
  lua_pushliteral(state, "_is_array");
  lua_rawsetp(state, LUA_REGISTRYINDEX, &kIsArrayKey);
  lua_createtable(state, 0, 1);
  lua_pushboolean(state, 1);
  lua_setfield(state, -2, "_is_array");
  lua_rawsetp(state, LUA_REGISTRYINDEX, &kListMetaKey);
}

void MarkList(lua_State* state) {
  lua_rawgetp(state, LUA_REGISTRYINDEX, &kListMetaKey);
  lua_setmetatable(state, -2);
}

Result<Json> PullTable(lua_State* state, int index, size_t bytes_max) {
  return Puller(state, bytes_max).Table(index, 0);
}

void Push(lua_State* state, const Json& value) {
  luaL_checkstack(state, 6, "document too deep");
  if (value.is_bool()) {
    lua_pushboolean(state, value.boolean() ? 1 : 0);
  } else if (value.is_number()) {
    lua_pushnumber(state, std::strtod(value.literal().c_str(), nullptr));
  } else if (value.is_string()) {
    PushText(state, value.string());
  } else if (value.is_array()) {
    const Json::Array& items = value.items();
    lua_createtable(state, static_cast<int>(items.size()), 0);
    MarkList(state);
    for (size_t i = 0; i < items.size(); ++i) {
      Push(state, items[i]);
      lua_rawseti(state, -2, static_cast<int>(i + 1));
    }
  } else if (value.is_object()) {
    lua_createtable(state, 0, static_cast<int>(value.members().size()));
    for (const Json::Member& member : value.members()) {
      PushText(state, member.first);
      Push(state, member.second);
      lua_rawset(state, -3);
    }
  } else {
    lua_pushnil(state);
  }
}

void Push(lua_State* state, const Returned& value) {
  luaL_checkstack(state, 6, "too many results");
  if (const bool* const truth = std::get_if<bool>(&value)) {
    lua_pushboolean(state, *truth ? 1 : 0);
  } else if (const double* const number = std::get_if<double>(&value)) {
    lua_pushnumber(state, *number);
  } else if (const std::string* const text = std::get_if<std::string>(&value)) {
    PushText(state, *text);
  } else if (const Json* const document = std::get_if<Json>(&value)) {
    Push(state, *document);
  } else if (const Functions* const table = std::get_if<Functions>(&value)) {
    PushFunctions(state, *table);
  } else if (const TextsByNumber* const lists = std::get_if<TextsByNumber>(&value)) {
    PushTexts(state, *lists);
  } else {
    lua_pushnil(state);
  }
}

}  // namespace tarn::hooks::lua
