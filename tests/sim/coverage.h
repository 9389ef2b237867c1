// What happened to whom in a simulation: for each verb how often it ended well or not, how many
// calls of the stores it made, and how often each kind of trouble met it in one of them. One thread
// of the simulation at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace tarn::sim {

enum class StoreKind : uint8_t { kKv, kObjects };
inline constexpr int kStoreKinds = 2;

enum class Trouble : uint8_t {
  kRefused,     ///< The call was not carried out.
  kReplyLost,   ///< It was, but the caller hears of a failure.
  kStalled,     ///< It took from one second to four minutes.
  kCutOff,      ///< The server could not reach the store for a while.
  kHalfDone,    ///< An object is visible, but would not survive a power cut; objects only.
  kDiedBefore,  ///< The server died before the call was carried out.
  kDiedAfter,   ///< The server died before it heard the answer.
};
inline constexpr int kTroubles = 7;

struct Coverage {
  struct Row {
    uint64_t done = 0, failed = 0;
    std::array<uint64_t, kStoreKinds> calls = {};
    std::array<std::array<uint64_t, kTroubles>, kStoreKinds> troubles = {};
  };
  std::map<std::string, Row> rows;  ///< By verb, or by the name of a background thread.

  void Add(const Coverage& other);
  uint64_t calls() const;
  /// One line for each row; "-" stands where a verb never calls a store, so that nothing can
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
