#include "sst/resume.h"

#include "base/sync.h"

namespace tarn::sst {

void ResumeCache::Put(std::string_view table_id, std::shared_ptr<const ResumeInfo> info) {
  // An entry costs memory even without points.
  const size_t cost = info->points.size() + 1;
  if (cost > points_max_) return;
  const MutexLock lock(mutex_);
  if (by_id_.contains(table_id)) return;
  items_.push_front({std::string(table_id), std::move(info)});
  by_id_.emplace(items_.front().id, items_.begin());
  points_ += cost;
  while (points_ > points_max_) {
    points_ -= items_.back().info->points.size() + 1;
    by_id_.erase(items_.back().id);
    items_.pop_back();
  }
}

std::shared_ptr<const ResumeInfo> ResumeCache::Get(std::string_view table_id) {
  const MutexLock lock(mutex_);
  const auto found = by_id_.find(table_id);
  if (found == by_id_.end()) return nullptr;
  items_.splice(items_.begin(), items_, found->second);
  return found->second->info;
}

}  // namespace tarn::sst
