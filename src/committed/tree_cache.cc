#include "committed/tree_cache.h"

#include <functional>
#include <utility>

#include "base/blocking.h"
#include "base/sync.h"

namespace tarn::committed {
namespace {

/// A tree may take this part of the cache; a larger one would only push out all others.
constexpr size_t kTreeShare = 4;

size_t BytesOf(const RangeInfo& range) {
  return sizeof(RangeInfo) + range.id.str().size() + range.min_key.size() + range.max_key.size();
}

}  // namespace

size_t TreeCache::NameHash::operator()(const Name& name) const {
  std::hash<std::string_view> hash;
  return hash(name.tree) ^ (hash(name.ns) * 31);
}

Result<CachedTree> TreeCache::Load(const StorageNamespace& ns, const MetarangeId& tree) {
  {
    MutexLock lock(mutex_);
    auto found = index_.find(Name{ns.view(), tree.view()});
    if (found != index_.end()) {
      slots_.splice(slots_.begin(), slots_, found->second);
      return slots_.front().cached;
    }
  }
  // Even with its blocks at hand a large metarange takes milliseconds to parse.
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(Slot slot, Read(ns, tree));
  CachedTree cached = slot.cached;
  Insert(std::move(slot));
  return cached;
}

Result<TreeCache::Slot> TreeCache::Read(const StorageNamespace& ns, const MetarangeId& tree) {
  Slot slot{ns.str(), tree.str(), {}, sizeof(Slot) + ns.str().size() + tree.str().size()};
  const size_t fixed_bytes = slot.bytes;
  TARN_TRY_ASSIGN(auto table, tables_.Iterate(ns, tree.view()));
  auto source = OverTable(std::move(table));
  RangeList ranges;
  TARN_TRY(source->Seek({}));
  while (source->Valid()) {
    if (!ranges.empty() && source->range().min_key <= ranges.back().max_key) {
      return Status(Code::kCorrupt, "metarange " + tree.str() + ": ranges overlap");
    }
    slot.bytes += BytesOf(source->range());
    if (slot.bytes > bytes_max_ / kTreeShare) {
      slot.bytes = fixed_bytes;
      return slot;
    }
    ranges.push_back(source->range());
    TARN_TRY(source->Next());
  }
  slot.cached.ranges = std::make_shared<const RangeList>(std::move(ranges));
  return slot;
}

void TreeCache::Insert(Slot slot) {
  MutexLock lock(mutex_);
  if (index_.contains(Name{slot.ns, slot.tree})) return;  // another thread was faster
  bytes_ += slot.bytes;
  slots_.push_front(std::move(slot));
  index_.emplace(Name{slots_.front().ns, slots_.front().tree}, slots_.begin());
  while (bytes_ > bytes_max_ && slots_.size() > 1) {
    const Slot& oldest = slots_.back();
    bytes_ -= oldest.bytes;
    index_.erase(Name{oldest.ns, oldest.tree});
    slots_.pop_back();
  }
}

}  // namespace tarn::committed
