#include "refs/commit_cache.h"

#include "base/sync.h"

namespace tarn::refs {
namespace {

// What a commit costs, roughly: its text and the blocks around it.
size_t BytesOf(const Commit& commit) {
  constexpr size_t kBlock = 48;
  size_t bytes = 512 + commit.committer.size() + commit.message.size() +
                 commit.parents.size() * (sizeof(CommitId) + 64 + kBlock);
  for (const auto& [key, value] : commit.metadata) {
    bytes += key.size() + value.size() + sizeof(Metadata::value_type) + 2 * kBlock;
  }
  return bytes;
}

std::string KeyOf(std::string_view instance_uid, std::string_view id) {
  std::string key;
  key.reserve(instance_uid.size() + 1 + id.size());
  key.append(instance_uid).append(1, '/').append(id);
  return key;
}

}  // namespace

std::shared_ptr<const Commit> CommitCache::Find(std::string_view instance_uid,
                                                std::string_view id) {
  const std::string key = KeyOf(instance_uid, id);
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return nullptr;
  shard.items.splice(shard.items.begin(), shard.items, found->second);
  return found->second->commit;
}

void CommitCache::Insert(std::string_view instance_uid, std::shared_ptr<const Commit> commit) {
  Item item{KeyOf(instance_uid, commit->id.view()), std::move(commit), 0};
  item.bytes = BytesOf(*item.commit);
  Shard& shard = ShardOf(item.key);
  MutexLock lock(shard.mutex);
  if (shard.by_key.contains(item.key)) return;
  shard.bytes += item.bytes;
  shard.items.push_front(std::move(item));
  shard.by_key.emplace(shard.items.front().key, shard.items.begin());
  while (shard.bytes > shard_bytes_max_ && !shard.items.empty()) {
    shard.bytes -= shard.items.back().bytes;
    shard.by_key.erase(shard.items.back().key);
    shard.items.pop_back();
  }
}

}  // namespace tarn::refs
