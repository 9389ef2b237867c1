#include "sst/lru_cache.h"

#include <algorithm>
#include <bit>

#include "base/sync.h"

namespace tarn::sst {
namespace {

constexpr size_t kShardBytesMin = 1 << 20;
constexpr size_t kItemOverheadBytes = 192;  // List and map nodes.

}  // namespace

CacheKey::CacheKey(CacheKind kind, const std::array<uint64_t, 5>& words)
    : hash_(static_cast<uint64_t>(kind)), kind_(kind), words_(words) {
  for (const uint64_t word : words_) hash_ = (std::rotl(hash_, 23) ^ word) * 0x9e3779b97f4a7c15U;
  hash_ ^= hash_ >> 32;
}

LruCache::LruCache(size_t bytes_max, size_t shards_max)
    : shards_(std::clamp(bytes_max / kShardBytesMin, size_t{1}, shards_max)),
      shard_bytes_max_(bytes_max / shards_.size()) {}

void LruCache::Remove(Shard& shard, std::list<Item>::iterator item, std::list<Item>* removed) {
  shard.index.erase(item->key);
  (item->is_protected ? shard.protected_bytes : shard.probation_bytes) -= item->bytes;
  removed->splice(removed->begin(), item->is_protected ? shard.protected_ : shard.probation, item);
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
  std::list<Item> dropped;
  Shard& shard = ShardOf(key);
  const MutexLock lock(shard.mutex);
  if (const auto old = shard.index.find(key); old != shard.index.end()) {
    Remove(shard, old->second, &dropped);
  }
  shard.probation.push_front({key, std::move(value), bytes, false});
  shard.probation_bytes += bytes;
  shard.index.emplace(key, shard.probation.begin());
  while (shard.probation_bytes + shard.protected_bytes > shard_bytes_max_) {
    // The new item stays: there is something else as long as the limit is exceeded.
    const bool from_probation = shard.probation.size() > 1;
    auto& list = from_probation ? shard.probation : shard.protected_;
    Remove(shard, std::prev(list.end()), &dropped);
  }
}

void LruCache::Erase(const CacheKey& key) {
  std::list<Item> dropped;
  Shard& shard = ShardOf(key);
  const MutexLock lock(shard.mutex);
  const auto found = shard.index.find(key);
  if (found != shard.index.end()) Remove(shard, found->second, &dropped);
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
