#include "versioning/change_cache.h"

#include <algorithm>
#include <utility>

namespace tarn::versioning {

ChangeCache::Key ChangeCache::KeyOf(const Sha256Digest& filter, const CommitId& commit) {
  std::string text(AsView(filter));
  text += commit.view();
  const Sha256Digest digest = Sha256(text);
  Key key;
  std::memcpy(key.data(), digest.data(), key.size());
  return key;
}

std::optional<bool> ChangeCache::Find(const Key& key) {
  std::lock_guard lock(mutex_);
  const auto young = young_.find(key);
  if (young != young_.end()) return young->second;
  const auto old = old_.find(key);
  if (old == old_.end()) return std::nullopt;
  return old->second;
}

void ChangeCache::Insert(const Key& key, bool changed) {
  std::lock_guard lock(mutex_);
  if (young_.size() >= kEntriesMax / 2) old_ = std::exchange(young_, {});
  young_.emplace(key, changed);
}

}  // namespace tarn::versioning
