#include "auth/sign_in_cache.h"

#include <openssl/crypto.h>

#include <functional>

#include "base/sync.h"

namespace tarn::auth {

namespace {

// Only right credentials ever become entries, so nobody can prepare collisions.
uint64_t Hash(std::string_view text) { return std::hash<std::string_view>()(text); }

}  // namespace

std::optional<User> SignInCache::Find(std::string_view text, int64_t now_ms) const {
  const uint64_t hash = Hash(text);
  const Shard& shard = shards_[hash % kShards];
  const ReaderLock lock(shard.mutex);
  const auto found = shard.entries.find(hash);
  if (found == shard.entries.end()) return std::nullopt;
  const Entry& entry = found->second;
  if (entry.end_ms <= now_ms || entry.text.size() != text.size() ||
      CRYPTO_memcmp(entry.text.data(), text.data(), text.size()) != 0) {
    return std::nullopt;
  }
  return entry.user;
}

void SignInCache::Insert(std::string_view text, const User& user, int64_t now_ms, int64_t end_ms,
                         uint64_t generation) {
  if (end_ms <= now_ms) return;
  const uint64_t hash = Hash(text);
  Shard& shard = shards_[hash % kShards];
  const WriterLock lock(shard.mutex);
  if (generation != this->generation()) return;
  if (shard.entries.size() >= kEntriesPerShardMax) {
    std::erase_if(shard.entries, [&](const auto& item) { return item.second.end_ms <= now_ms; });
    if (shard.entries.size() >= kEntriesPerShardMax) shard.entries.clear();
  }
  shard.entries[hash] = {std::string(text), user, end_ms};
}

void SignInCache::Clear() {
  generation_.fetch_add(1, std::memory_order_acq_rel);
  for (Shard& shard : shards_) {
    const WriterLock lock(shard.mutex);
    shard.entries.clear();
  }
}

}  // namespace tarn::auth
