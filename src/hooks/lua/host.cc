#include "hooks/lua/host.h"

#include <re2/re2.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <lua.hpp>
#include <thread>

#include "base/random.h"

namespace tarn::hooks::lua {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Instructions between two looks at the limits: about a microsecond of plain code. A look costs a
/// tenth of that; the slowest instruction (a comparison of texts as large as the memory) delays the
/// end of a script by this many times itself.
constexpr int kInstructionsPerLook = 128;
/// Between two looks at what costs more than the time of day.
constexpr milliseconds kLookEvery{1};
constexpr milliseconds kSleepSlice{20};
/// Expressions that are kept compiled, and what each may take.
constexpr size_t kRegexpsMax = 16;
constexpr int64_t kRegexpBytesMax = 4 << 20;

int64_t ThreadCpuNs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string Seconds(milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (time.count() % 1000 != 0) text += "." + std::to_string(1000 + time.count() % 1000).substr(1);
  return text + " s";
}

/// Of the 8 MB that a thread has. Scripts may be within each other: server/hook_scripts.cc.
constexpr ptrdiff_t kStackBytesMax = 3 << 19;

const char* StackHere() { return static_cast<const char*>(__builtin_frame_address(0)); }

}  // namespace

struct Host::CachedRegexp {
  std::string pattern;
  std::unique_ptr<re2::RE2> compiled;
};

Host::Host(const Script& script)
    : script_(script),
      start_(steady_clock::now()),
      cpu_start_ns_(ThreadCpuNs()),
      stack_begin_(StackHere()),
      next_look_(start_),
      random_(SystemRandom().Next64()) {}
Host::~Host() = default;

Host& Host::Of(lua_State* state) {
  void* host = nullptr;
  lua_getallocf(state, &host);
  return *static_cast<Host*>(host);
}

void* Host::Allocate(void* user, void* block, size_t old_size, size_t size) noexcept {
  Host& host = *static_cast<Host*>(user);
  const size_t before = block != nullptr ? old_size : 0;  // Else it is a kind of object.
  if (size == 0) {
    std::free(block);
    host.memory_bytes_ -= before;
    return nullptr;
  }
  if (size > before && size - before > host.script_.limits.memory_bytes - host.memory_bytes_) {
    return nullptr;
  }
  void* const made = std::realloc(block, size);
  if (made != nullptr) host.memory_bytes_ += size - before;
  return made;
}

void Host::Watch(lua_State* state) {
  lua_sethook(state, OnCount, LUA_MASKCOUNT, kInstructionsPerLook);
}

void Host::OnCount(lua_State* state, lua_Debug*) { StopIfDue(state); }

void Host::StopIfDue(lua_State* state) {
  if (Of(state).stack_begin_ - StackHere() > kStackBytesMax)
    luaL_error(state, "stack overflow (in the library)");
  if (!Of(state).MustStop()) return;
  // From now on after each instruction: code that catches the error does not get far.
  lua_sethook(state, OnCount, LUA_MASKCOUNT, 1);
  luaL_error(state, "script stopped");
}

bool Host::IsCpuSpent() noexcept {
  return ThreadCpuNs() - cpu_start_ns_ > std::chrono::nanoseconds(script_.limits.cpu).count();
}

bool Host::MustStop() noexcept {
  if (end_ != End::kNone) return true;
  const auto now = steady_clock::now();
  if (now - start_ > script_.limits.wall) {
    end_ = End::kWall;
  } else if (now >= next_look_) {
    next_look_ = now + kLookEvery;
    if (IsCpuSpent()) end_ = End::kCpu;
    if (IsCancelled()) end_ = End::kCancelled;
  }
  return end_ != End::kNone;
}

bool Host::IsCancelled() noexcept {
  try {
    return script_.is_cancelled && script_.is_cancelled();
  } catch (const std::exception&) {
    return true;
  }
}

Status Host::EndStatus() const {
  const auto stopped = [](std::string why) {
    return Status(Code::kHookFailed, "runtime error: script stopped: " + std::move(why));
  };
  switch (end_) {
    case End::kCancelled:
      return {Code::kCancelled, "runtime error: script stopped: cancelled"};
    case End::kCpu:
      return stopped("more than " + Seconds(script_.limits.cpu) + " of CPU time");
    case End::kWall:
      return stopped("more than " + Seconds(script_.limits.wall));
    case End::kOutput:
      return stopped("output of more than " + std::to_string(script_.limits.output_bytes) +
                     " bytes");
    case End::kNone:
    case End::kFailed:
      break;
  }
  return failure_;
}

int64_t Host::WallLeftMs() const {
  const auto left = script_.limits.wall - (steady_clock::now() - start_);
  return std::max<int64_t>(0, std::chrono::duration_cast<milliseconds>(left).count());
}

void Host::Sleep(std::chrono::nanoseconds time) {
  const auto begin = steady_clock::now();
  while (!MustStop()) {
    const auto left = time - (steady_clock::now() - begin);
    if (left <= left.zero()) return;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kSleepSlice));
  }
}

void Host::AddToLine(std::string_view text) noexcept {
  if (text.size() > script_.limits.output_bytes - output_bytes_) {
    end_ = End::kOutput;
    return;
  }
  output_bytes_ += text.size();
  try {
    line_ += text;
  } catch (const std::exception&) {
    failure_ = Status(Code::kTooLarge);
    end_ = End::kFailed;
  }
}

void Host::EndLine() noexcept {
  AddToLine("\n");
  if (end_ != End::kNone || !script_.output) return;
  try {
    failure_ = script_.output(line_);
  } catch (const std::exception&) {
    failure_ = Status(Code::kInternal);
  }
  if (!failure_.ok()) end_ = End::kFailed;
}

size_t Host::FindPart(std::string_view text, std::string_view part, size_t from) {
  if (part.empty()) return from <= text.size() ? from : std::string_view::npos;
  if (from >= text.size()) return std::string_view::npos;
  const void* const found =
      ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

Status Host::Allow(size_t bytes) const {
  if (bytes <= script_.limits.memory_bytes) return {};
  return {Code::kTooLarge, "not enough memory"};
}

Result<const re2::RE2*> Host::Regexp(std::string_view pattern) {
  const auto found = std::find_if(regexps_.begin(), regexps_.end(),
                                  [&](const auto& known) { return known.pattern == pattern; });
  if (found != regexps_.end()) return found->compiled.get();
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexpBytesMax);
  auto compiled =
      std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) {
    return Status(Code::kInvalidValue, "error parsing regexp: " + compiled->error());
  }
  if (regexps_.size() == kRegexpsMax) regexps_.pop_back();
  regexps_.push_front({std::string(pattern), std::move(compiled)});
  return regexps_.front().compiled.get();
}

}  // namespace tarn::hooks::lua
