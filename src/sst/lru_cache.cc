#include "sst/lru_cache.h"

#include <algorithm>
#include <bit>

#include "base/sync.h"

namespace tarn::sst {
namespace {

constexpr size_t kShardsMax = 16;
constexpr size_t kShardBytesMin = 1 << 20;
constexpr size_t kItemOverheadBytes = 192;  // List and map nodes.

}  // namespace

CacheKey::CacheKey(CacheKind kind, const std::array<uint64_t, 5>& words)
    : hash_(static_cast<uint64_t>(kind)), kind_(kind), words_(words) {
  for (const uint64_t word : words_) hash_ = (std::rotl(hash_, 23) ^ word) * 0x9e3779b97f4a7c15U;
  hash_ ^= hash_ >> 32;
}

LruCache::LruCache(size_t bytes_max)
    : shards_(std::clamp(bytes_max / kShardBytesMin, size_t{1}, kShardsMax)),
      shard_bytes_max_(bytes_max / shards_.size()) {}

void LruCache::Remove(Shard& shard, std::list<Item>::iterator item) {
  shard.index.erase(item->key);
  (item->is_protected ? shard.protected_bytes : shard.probation_bytes) -= item->bytes;
  (item->is_protected ? shard.protected_ : shard.probation).erase(item);
}

std::shared_ptr<const void> LruCache::Get(const CacheKey& key) {
  Shard& shard = ShardOf(key);
  const MutexLock lock(shard.mutex);
  const auto found = shard.index.find(key);
  if (found == shard.index.end()) return nullptr;
  const auto item = found->second;
  if (item->is_protected) {
    shard.protected_.splice(shard.protected_.begin(), shard.protected_, item);
    return item->value;
  }
  item->is_protected = true;
  shard.probation_bytes -= item->bytes;
  shard.protected_bytes += item->bytes;
  shard.protected_.splice(shard.protected_.begin(), shard.probation, item);
  while (shard.protected_bytes > shard_bytes_max_ / 4 * 3 && shard.protected_.size() > 1) {
    const auto last = std::prev(shard.protected_.end());
    last->is_protected = false;
    shard.protected_bytes -= last->bytes;
    shard.probation_bytes += last->bytes;
    shard.probation.splice(shard.probation.begin(), shard.protected_, last);
  }
  return item->value;
}

void LruCache::Put(const CacheKey& key, std::shared_ptr<const void> value, size_t bytes) {
  bytes += kItemOverheadBytes;
  if (bytes > shard_bytes_max_) return;
  std::list<Item> dropped;  // Destroyed after the lock: values may be large.
  Shard& shard = ShardOf(key);
  const MutexLock lock(shard.mutex);
  if (const auto old = shard.index.find(key); old != shard.index.end()) {
    Remove(shard, old->second);
  }
  shard.probation.push_front({key, std::move(value), bytes, false});
  shard.probation_bytes += bytes;
  shard.index.emplace(key, shard.probation.begin());
  while (shard.probation_bytes + shard.protected_bytes > shard_bytes_max_) {
    // The new item stays: there is something else as long as the limit is exceeded.
    const bool from_probation = shard.probation.size() > 1;
    auto& list = from_probation ? shard.probation : shard.protected_;
    (from_probation ? shard.probation_bytes : shard.protected_bytes) -= list.back().bytes;
    shard.index.erase(list.back().key);
    dropped.splice(dropped.begin(), list, std::prev(list.end()));
  }
}

size_t LruCache::bytes() const {
  size_t sum = 0;
  for (const Shard& shard : shards_) {
    const MutexLock lock(shard.mutex);
    sum += shard.probation_bytes + shard.protected_bytes;
  }
  return sum;
}

}  // namespace tarn::sst
