#include "hooks/lua/call.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <lua.hpp>

#include "hooks/lua/values.h"

namespace tarn::hooks::lua {

Call::Call(lua_State* state, Host* host) : state_(state), host_(*host), count_(lua_gettop(state)) {}

bool Call::IsNil(int index) const { return lua_isnoneornil(state_, index); }
bool Call::IsTable(int index) const { return lua_istable(state_, index); }
bool Call::IsText(int index) const { return lua_isstring(state_, index) != 0; }
bool Call::IsTrue(int index) const { return lua_toboolean(state_, index) != 0; }

std::string_view Call::TypeName(int index) const {
  return lua_typename(state_, lua_type(state_, index));
}

Status Call::BadArgument(int index, std::string_view what) {
  return {Code::kInvalidValue,
          "bad argument #" + std::to_string(index) + " to '?' (" + std::string(what) + ")"};
}

Status Call::Expected(int index, std::string_view what) const {
  return BadArgument(index, std::string(what) + " expected, got " + std::string(TypeName(index)));
}

Result<std::string_view> Call::Text(int index) {
  switch (lua_type(state_, index)) {
    case LUA_TSTRING: {
      size_t size = 0;
      const char* const text = lua_tolstring(state_, index, &size);
      return std::string_view(text, size);
    }
    case LUA_TNUMBER:  // The library's own conversion needs memory, and may raise.
      return std::string_view(
          host_.outcome().texts.emplace_back(NumberText(lua_tonumber(state_, index))));
    default:
      return Expected(index, "string");
  }
}

Result<std::string_view> Call::TextOr(int index, std::string_view fallback) {
  if (IsNil(index)) return fallback;
  return Text(index);
}

Result<double> Call::Number(int index) {
  int is_number = 0;
  const double value = lua_tonumberx(state_, index, &is_number);
  if (is_number == 0) return Expected(index, "number");
  return value;
}

Result<int64_t> Call::Integer(int index) {
  TARN_TRY_ASSIGN(const double value, Number(index));
  constexpr double kLimit = 9223372036854774784.0;  // The last double below 2^63.
  if (std::isnan(value)) return int64_t{0};
  return static_cast<int64_t>(std::clamp(value, -kLimit, kLimit));
}

Result<bool> Call::Boolean(int index) {
  if (!lua_isboolean(state_, index)) return Expected(index, "boolean");
  return IsTrue(index);
}

Result<Json> Call::Table(int index) {
  if (!IsTable(index)) {
    return Status(Code::kInvalidValue, "need a table at index " + std::to_string(index) + ", got " +
                                           std::string(TypeName(index)) +
                                           ": cannot pull go type into lua");
  }
  return PullTable(state_, index, host_.script().limits.memory_bytes);
}

Result<Json> Call::TableOrNil(int index) {
  if (Has(index) && IsNil(index)) return Json();
  return Table(index);
}

std::string_view Call::Captured(int index) const {
  size_t size = 0;
  const char* const text = lua_tolstring(state_, lua_upvalueindex(index + 1), &size);
  return text != nullptr ? std::string_view(text, size) : std::string_view();
}

void Call::Return(bool value) { host_.outcome().values.emplace_back(value); }
void Call::Return(double value) { host_.outcome().values.emplace_back(value); }
void Call::Return(std::string text) { host_.outcome().values.emplace_back(std::move(text)); }
void Call::Return(Json document) { host_.outcome().values.emplace_back(std::move(document)); }
void Call::Return(TextsByNumber lists) { host_.outcome().values.emplace_back(std::move(lists)); }
void Call::Return(Functions table) { host_.outcome().values.emplace_back(std::move(table)); }
void Call::ReturnNil() { host_.outcome().values.emplace_back(); }

size_t FormatNumber(double value, char (&out)[40]) {
  const int size = std::isnan(value) ? std::snprintf(out, sizeof out, "NaN")
                   : std::isinf(value)
                       ? std::snprintf(out, sizeof out, "%cInf", value > 0 ? '+' : '-')
                       : std::snprintf(out, sizeof out, "%.14g", value);
  return static_cast<size_t>(size);
}

std::string NumberText(double value) {
  char text[40];
  return {text, FormatNumber(value, text)};
}

Json ToJson(double value) {
  if (!std::isfinite(value)) return Json(Json::Number{NumberText(value)});
  std::string literal;
  JsonWriter(&literal).Double(value);
  return Json(Json::Number{std::move(literal)});
}

namespace {

/// Runs the function; false if it failed. Exceptions of libraries end here.
bool Perform(lua_State* state, Host& host, HostFunction function) noexcept {
  Outcome& outcome = host.outcome();
  try {
    outcome.values.clear();
    outcome.texts.clear();
    outcome.failure = Status();
    Call call(state, &host);
    outcome.failure = function(call);
  } catch (const std::exception&) {  // No memory for a copy, which is what it is about.
    outcome.failure = Status(Code::kTooLarge);
  }
  return outcome.failure.ok();
}

/// Raises what a call failed with.
int Raise(lua_State* state, Host& host) {
  const std::string_view text = host.outcome().failure.message();
  luaL_where(state, 1);
  if (text.empty()) {
    lua_pushliteral(state, "not enough memory");
  } else {
    lua_pushlstring(state, text.data(), text.size());
  }
  lua_concat(state, 2);
  return lua_error(state);
}

}  // namespace

int RunHostFunction(lua_State* state, HostFunction function) {
  // Nothing below holds an object with a destructor: all of it may be left by a raise.
  Host::StopIfDue(state);
  Host& host = Host::Of(state);
  const bool is_done = Perform(state, host, function);
  Host::StopIfDue(state);
  if (!is_done) return Raise(state, host);
  const std::vector<Returned>& values = host.outcome().values;
  const int count = static_cast<int>(values.size());
  luaL_checkstack(state, count, nullptr);
  for (int i = 0; i < count; ++i) Push(state, values[static_cast<size_t>(i)]);
  return count;
}

}  // namespace tarn::hooks::lua
