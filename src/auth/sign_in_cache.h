// Remembers which user an exact Authorization header or cookie belongs to, so that a repeated
// request costs one hash, one constant-time comparison and no look-up. Level 7; thread-safe.
//
// Only successes are kept, each until its own time; the number of entries is bounded.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/service.h"
#include "base/sync.h"

namespace tarn::auth {

class SignInCache {
 public:
  /// The user of `text`, if it is known and `now_ms` is before its end.
  std::optional<User> Find(std::string_view text, int64_t now_ms) const;
  /// Changes with every Clear: take it before the look-up whose result goes to Insert.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  /// Keeps `user` until `end_ms`; dropped when Clear was called since `generation` was taken.
  void Insert(std::string_view text, const User& user, int64_t now_ms, int64_t end_ms,
              uint64_t generation);
  /// Forgets everyone.
  void Clear();

 private:
  static constexpr size_t kShards = 8;
  static constexpr size_t kEntriesPerShardMax = 512;
  struct Entry {
    std::string text;
    User user;
    int64_t end_ms = 0;
  };
  struct Shard {
    mutable SharedMutex mutex;
    std::unordered_map<uint64_t, Entry> entries TARN_GUARDED_BY(mutex);
  };

  std::atomic<uint64_t> generation_ = 0;
  std::array<Shard, kShards> shards_;
};

}  // namespace tarn::auth
