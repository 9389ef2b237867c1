// What happened to whom in a simulation: for each verb how often it ended well or not, how many
// calls it made, and how often each kind of trouble met it in one of them. One thread of the
// simulation at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::sim {

/// What a server calls.
enum class CallKind : uint8_t {
  kKvRead,
  kKvWrite,
  kObjectRead,
  kObjectWrite,  ///< Also to make an object durable.
  kObjectRemove,
  kHook,
};
inline constexpr size_t kCallKinds = 6;
inline constexpr std::array<std::string_view, kCallKinds> kCallNames = {
    "kv read", "kv write", "object read", "object write", "object remove", "hook"};

enum class Trouble : uint8_t {
  kRefused,     ///< The call was not carried out.
  kReplyLost,   ///< It was, but the caller hears of a failure.
  kStalled,     ///< It took from one second to four minutes.
  kCutOff,      ///< The server could not reach what it calls for a while.
  kHalfDone,    ///< An object is visible, but would not survive a power cut; writes only.
  kDiedBefore,  ///< The server died before the call was carried out.
  kDiedAfter,   ///< The server died before it heard the answer.
};
inline constexpr size_t kTroubles = 7;
inline constexpr std::array<std::string_view, kTroubles> kTroubleNames = {
    "refused", "lost", "stalled", "cut off", "half", "died before", "died after"};

struct Coverage {
  struct Row {
    uint64_t done = 0, failed = 0;
    std::array<uint64_t, kCallKinds> calls = {};
    std::array<std::array<uint64_t, kTroubles>, kCallKinds> troubles = {};
    uint64_t& trouble(CallKind call, Trouble trouble) {
      return troubles[static_cast<size_t>(call)][static_cast<size_t>(trouble)];
    }
  };
  std::map<std::string, Row> rows;  ///< By verb, or by the name of a background thread.

  /// One kind of trouble in one kind of call of one verb.
  struct Cell {
    std::string verb;
    CallKind call = CallKind::kKvRead;
    Trouble trouble = Trouble::kRefused;
    friend bool operator==(const Cell&, const Cell&) = default;
  };

  void Add(const Coverage& other);
  uint64_t calls() const;
  uint64_t operations() const;  ///< Done and failed.
  /// How many cells could be filled: the verb makes such calls.
  size_t cells() const;
  /// Those of them that are zero.
  std::vector<Cell> EmptyCells() const;
  /// One line for each row; "-" stands where a verb never makes such calls, so that nothing can
  /// happen.
  std::string ToText() const;
};

/// What the calling thread is about, while this lives; threads of pools go by their names.
class VerbScope {
 public:
  explicit VerbScope(const char* verb) : before_(current_) { current_ = verb; }
  ~VerbScope() { current_ = before_; }
  VerbScope(const VerbScope&) = delete;
  VerbScope& operator=(const VerbScope&) = delete;
  static const char* current() { return current_; }

 private:
  friend class SeededScheduler;
  static inline thread_local const char* current_ = "";
  const char* const before_;
};

}  // namespace tarn::sim
