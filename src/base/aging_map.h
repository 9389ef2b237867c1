// A bounded memory of immutable facts: what is not asked for is forgotten. Level 0; thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/sync.h"

namespace tarn {

/// Holds at most about `entries_max` entries in two generations. When the young ones are half of
/// that, they become the old, and what was old is forgotten; an old entry that is found is young
/// again. Cheaper than a list of uses, and as good for what can be had again.
template <class Key, class Value, class Hash = std::hash<Key>>
class AgingMap {
 public:
  explicit AgingMap(size_t entries_max) : young_max_(entries_max / 2) {}

  std::optional<Value> Find(const Key& key) {
    MutexLock lock(mutex_);
    const auto young = young_.find(key);
    if (young != young_.end()) return young->second;
    auto old = old_.extract(key);
    if (old.empty()) return std::nullopt;
    Age();
    return young_.insert(std::move(old)).position->second;
  }

  /// Keeps the entry that is there, if there is one: facts do not change.
  void Insert(const Key& key, Value value) {
    MutexLock lock(mutex_);
    Age();
    young_.emplace(key, std::move(value));
  }

 private:
  void Age() TARN_REQUIRES(mutex_) {
    if (young_.size() >= young_max_) old_ = std::exchange(young_, {});
  }

  using Entries = std::unordered_map<Key, Value, Hash>;
  const size_t young_max_;
  Mutex mutex_;
  Entries young_ TARN_GUARDED_BY(mutex_);
  Entries old_ TARN_GUARDED_BY(mutex_);
};

}  // namespace tarn
