// One run of a script: its limits, and the call of our library that is under way.
//
// The library is C and leaves functions by longjmp, which skips destructors. So functions of ours
// never touch the interpreter in ways that can raise while they hold C++ objects: a function reads
// its arguments (Call, call.h), leaves results or a failure in the Outcome here, and only then,
// from frames without destructors, bridge.cc pushes them or raises. What a raise leaves behind is
// freed with the next call, at the latest with the Host. Level 7; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "hooks/lua/script.h"

struct lua_State;
struct lua_Debug;

namespace re2 {
class RE2;
}

namespace tarn::hooks::lua {

class Call;
/// A function of the library; a failure becomes an error of the script, with its position.
using HostFunction = Status (*)(Call&);
using NativeFunction = int (*)(lua_State*);

struct Function {
  const char* name;
  NativeFunction function;
};

/// A table of functions that know some texts, as clients of other services are.
struct Functions {
  const Function* functions = nullptr;
  size_t count = 0;
  std::vector<std::string> captured;
};

/// A table of lists of texts by whole numbers.
using TextsByNumber = std::map<int64_t, std::vector<std::string>>;

using Returned =
    std::variant<std::monostate, bool, double, std::string, Json, Functions, TextsByNumber>;

/// What a call leaves to be pushed or raised.
struct Outcome {
  std::vector<Returned> values;
  std::deque<std::string> texts;  ///< Numbers that were asked for as texts.
  Status failure;
};

/// Why a script must stop.
enum class End : uint8_t { kNone, kWall, kCpu, kCancelled, kOutput, kFailed };

class Host {
 public:
  explicit Host(const Script& script);
  ~Host();
  Host(const Host&) = delete;

  static Host& Of(lua_State* state);
  /// What lua_newstate takes; refuses what is over the limit.
  static void* Allocate(void* host, void* block, size_t old_size, size_t size) noexcept;
  /// Makes the interpreter look at the limits from time to time.
  static void Watch(lua_State* state);
  /// Leaves the running function with an error if the script must stop, or has called functions
  /// that call it back so often that the stack of the thread would not do.
  static void StopIfDue(lua_State* state);

  const Script& script() const { return script_; }
  Outcome& outcome() { return outcome_; }
  /// Looks at the limits; true from the first time on that one is passed.
  bool MustStop() noexcept;
  bool has_ended() const { return end_ != End::kNone; }
  /// Why the script was stopped. REQUIRES has_ended().
  Status EndStatus() const;
  /// Milliseconds until the limit on wall time.
  int64_t WallLeftMs() const;
  /// Waits; less long if the script must stop meanwhile.
  void Sleep(std::chrono::nanoseconds time);
  /// Prints within the limit: pieces of a line, and its end.
  void BeginLine() { line_.clear(); }
  void AddToLine(std::string_view text) noexcept;
  void EndLine() noexcept;
  /// Where a part begins in a text, from a place on; npos if it does not. Linear in both, which
  /// string_view::find is not.
  static size_t FindPart(std::string_view text, std::string_view part, size_t from);
  /// Fails if a text of so many bytes is more than the script may have.
  Status Allow(size_t bytes) const;
  /// A compiled expression; borrowed until the next call.
  Result<const re2::RE2*> Regexp(std::string_view pattern);
  std::mt19937_64& random() { return random_; }
  /// The original functions that some of ours complete.
  NativeFunction stock_load = nullptr;

 private:
  struct CachedRegexp;
  bool IsCpuSpent() noexcept;
  bool IsCancelled() noexcept;
  static void OnCount(lua_State* state, lua_Debug* event);

  const Script& script_;
  const std::chrono::steady_clock::time_point start_;
  const int64_t cpu_start_ns_;
  const char* const stack_begin_;
  std::chrono::steady_clock::time_point next_look_;  ///< At CPU time and cancellation.
  size_t memory_bytes_ = 0;
  size_t output_bytes_ = 0;
  std::string line_;
  End end_ = End::kNone;
  Status failure_;  ///< Of the output.
  Outcome outcome_;
  std::deque<CachedRegexp> regexps_;
  std::mt19937_64 random_;
};

}  // namespace tarn::hooks::lua
