// Facts that somebody else keeps, remembered for a while. Level 7; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "base/sync.h"

namespace tarn::auth {

struct TimedCacheOptions {
  size_t entries_max = 0;
  int64_t kept_ms = 0;    ///< 0: nothing is kept.
  int64_t jitter_ms = 0;  ///< Up to so much longer, by chance: not all is asked again at once.
};

template <class Value>
class TimedCache {
 public:
  TimedCache(TimedCacheOptions options, Clock& clock, Random& random)
      : options_(options), clock_(clock), random_(random) {}

  std::optional<Value> Find(std::string_view name) {
    const ReaderLock lock(mutex_);
    const auto found = entries_.find(std::string(name));
    if (found == entries_.end() || clock_.MonotonicMs() >= found->second.end_ms)
      return std::nullopt;
    return found->second.value;
  }
  /// Changes with every Clear: take it before asking for what goes to Insert.
  uint64_t generation() {
    const ReaderLock lock(mutex_);
    return generation_;
  }
  /// Unless Clear was called since `generation` was taken.
  void Insert(std::string_view name, const Value& value, uint64_t generation) {
    if (options_.kept_ms <= 0 || options_.entries_max == 0) return;
    const int64_t now_ms = clock_.MonotonicMs();
    const auto jitter = static_cast<uint64_t>(options_.jitter_ms);
    const int64_t end_ms = now_ms + options_.kept_ms +
                           static_cast<int64_t>(jitter == 0 ? 0 : random_.Next64() % jitter);
    const WriterLock lock(mutex_);
    if (generation != generation_) return;
    if (entries_.size() >= options_.entries_max) {
      std::erase_if(entries_, [&](const auto& item) { return item.second.end_ms <= now_ms; });
      if (entries_.size() >= options_.entries_max) entries_.erase(entries_.begin());
    }
    entries_[std::string(name)] = {value, end_ms};
  }
  void Clear() {
    const WriterLock lock(mutex_);
    entries_.clear();
    ++generation_;
  }

 private:
  struct Entry {
    Value value;
    int64_t end_ms = 0;
  };

  const TimedCacheOptions options_;
  Clock& clock_;
  Random& random_;
  SharedMutex mutex_;
  std::unordered_map<std::string, Entry> entries_ TARN_GUARDED_BY(mutex_);
  uint64_t generation_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::auth
