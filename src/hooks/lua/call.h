// How functions of the library see a call: arguments out, results in. Nothing here raises an error
// of the interpreter, so C++ objects may be alive around every call of it. Level 7; one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "hooks/lua/host.h"

namespace tarn::hooks::lua {

class Call {
 public:
  Call(lua_State* state, Host* host);

  Host& host() { return host_; }
  int count() const { return count_; }
  /// True if there is an argument at that place (from 1 on), nil among them.
  bool Has(int index) const { return index <= count_; }
  bool IsNil(int index) const;  ///< Or not there.
  bool IsTable(int index) const;
  bool IsText(int index) const;  ///< Or a number.
  bool IsTrue(int index) const;  ///< As conditions take it.
  std::string_view TypeName(int index) const;

  /// The argument, or the failure that says what was expected. Texts are borrowed for the call.
  Result<std::string_view> Text(int index);
  Result<std::string_view> TextOr(int index, std::string_view fallback);  ///< For nil and absent.
  Result<double> Number(int index);
  Result<int64_t> Integer(int index);  ///< Fractions are cut off.
  Result<bool> Boolean(int index);
  /// A copy of a table as a document: a list if it is marked as one, else an object.
  Result<Json> Table(int index);
  /// The same of an argument that may be nil.
  Result<Json> TableOrNil(int index);
  /// A text that the table of the function was made with (from 0 on).
  std::string_view Captured(int index) const;

  /// The failure of an argument: "bad argument #1 to '?' (...)".
  static Status BadArgument(int index, std::string_view what);
  /// Fails if a text of so many bytes is more than the script may have.
  Status Allow(size_t bytes) { return host_.Allow(bytes); }

  /// Adds a result.
  void Return(bool value);
  void Return(double value);
  void Return(std::string text);
  void Return(Json document);
  void Return(TextsByNumber lists);
  void Return(Functions table);
  void ReturnNil();
  void ReturnText(std::string_view text) { Return(std::string(text)); }
  template <size_t N>
  void ReturnFunctions(const Function (&functions)[N], std::vector<std::string> captured) {
    Return(Functions{functions, N, std::move(captured)});
  }

 private:
  Status Expected(int index, std::string_view what) const;

  lua_State* const state_;
  Host& host_;
  const int count_;
};

/// Runs a function of the library; what a table of functions holds is Native<F>.
int RunHostFunction(lua_State* state, HostFunction function);
template <HostFunction kFunction>
int Native(lua_State* state) {
  return RunHostFunction(state, kFunction);
}

/// "%.14g", and +Inf, -Inf, NaN; returns the size.
size_t FormatNumber(double value, char (&out)[40]);
std::string NumberText(double value);
/// A number as JSON writes it; not finite: nothing that JSON has.
Json ToJson(double value);

}  // namespace tarn::hooks::lua
