// Commits in memory: immutable, so kept until the byte limit pushes out the least recently used.
// Level 5; thread-safe (one mutex per shard).
#pragma once

#include <array>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/sync.h"
#include "refs/types.h"

namespace tarn::refs {

class CommitCache {
 public:
  explicit CommitCache(size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

  /// Commits belong to one life of a repository: a name that is used again starts afresh.
  std::shared_ptr<const Commit> Find(std::string_view instance_uid, std::string_view id);
  void Insert(std::string_view instance_uid, std::shared_ptr<const Commit> commit);

 private:
  struct Item {
    std::string key;
    std::shared_ptr<const Commit> commit;  // Shared with readers, who may outlive the item.
    size_t bytes;
  };
  struct Shard {
    Mutex mutex;
    std::list<Item> items TARN_GUARDED_BY(mutex);  // Most recently used first.
    std::unordered_map<std::string_view, std::list<Item>::iterator> by_key TARN_GUARDED_BY(mutex);
    size_t bytes TARN_GUARDED_BY(mutex) = 0;
  };
  static constexpr size_t kShards = 8;
  Shard& ShardOf(std::string_view key) {
    // Not the low bits: those choose the bucket inside the shard.
    return shards_[std::hash<std::string_view>()(key) >> 32 & (kShards - 1)];
  }

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace tarn::refs
