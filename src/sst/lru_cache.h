// The caches behind a TableStore: open tables and blocks, or files on disk, under one byte limit.
//
// Segmented LRU: what is new goes to a probation list and moves to the protected list (three
// quarters of the space) when it is asked for again, so that one long scan cannot push out what is
// in use. Shards keep threads apart. Level 4, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/sync.h"

namespace tarn::sst {

/// What a cached value is; part of the key, so that the type of a value is known by its key.
enum class CacheKind : uint64_t { kTable, kBlock, kFile };

class CacheKey {
 public:
  CacheKey(CacheKind kind, const std::array<uint64_t, 5>& words);
  uint64_t hash() const { return hash_; }
  friend bool operator==(const CacheKey&, const CacheKey&) = default;

 private:
  uint64_t hash_;
  CacheKind kind_;
  std::array<uint64_t, 5> words_;
};

class LruCache {
 public:
  /// `shards_max`: fewer keep larger values, for a value has to fit into one.
  explicit LruCache(size_t bytes_max, size_t shards_max = 16);

  /// The value, shared with the cache, or null.
  std::shared_ptr<const void> Get(const CacheKey& key);
  /// Enters a value that takes about `bytes`; replaces an older one. A value over a shard's share
  /// is not kept.
  void Put(const CacheKey& key, std::shared_ptr<const void> value, size_t bytes);
  /// Drops a value, if it is there.
  void Erase(const CacheKey& key);
  /// Bytes held now.
  size_t bytes() const;

 private:
  struct Item {
    CacheKey key;
    std::shared_ptr<const void> value;  // Shared with readers, who may outlast its stay here.
    size_t bytes = 0;
    bool is_protected = false;
  };
  struct HashKey {
    size_t operator()(const CacheKey& key) const { return key.hash(); }
  };
  struct Shard {
    mutable Mutex mutex;
    std::list<Item> probation TARN_GUARDED_BY(mutex);
    std::list<Item> protected_ TARN_GUARDED_BY(mutex);
    std::unordered_map<CacheKey, std::list<Item>::iterator, HashKey> index TARN_GUARDED_BY(mutex);
    size_t probation_bytes TARN_GUARDED_BY(mutex) = 0;
    size_t protected_bytes TARN_GUARDED_BY(mutex) = 0;
  };

  Shard& ShardOf(const CacheKey& key) { return shards_[(key.hash() >> 48) % shards_.size()]; }
  /// Moves an item to `removed`, which outlives the lock: values may be large.
  void Remove(Shard& shard, std::list<Item>::iterator item, std::list<Item>* removed)
      TARN_REQUIRES(shard.mutex);

  std::vector<Shard> shards_;
  size_t shard_bytes_max_;
};

}  // namespace tarn::sst
