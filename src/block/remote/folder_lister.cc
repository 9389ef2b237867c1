#include "block/remote/folder_lister.h"

#include <algorithm>
#include <utility>

namespace tarn::block::remote {
namespace {

constexpr size_t kFolderDepthMax = 1000;
/// Folders that are listed before their turn, one page of each.
constexpr size_t kFoldersAhead = 16;

}  // namespace

bool ReachesPast(std::string_view folder, std::string_view after) {
  return folder > after || after.starts_with(folder);
}

FolderLevel::FolderLevel(std::shared_ptr<Listing> listing, std::string prefix)
    : listing_(std::move(listing)),
      prefix_(std::move(prefix)),
      pages_(listing_, {prefix_, "/", "", ""}, /*pages_ahead=*/1) {}

Result<std::optional<FolderLevel::Item>> FolderLevel::Next() {
  for (;;) {
    const bool has_item = next_ < items_.size();
    if (!has_item && !is_over_) {
      TARN_TRY(Fetch());
      continue;
    }
    if (!held_.empty() && (!has_item || *held_.begin() < items_[next_].Sorted())) {
      return std::optional(Item{held_.extract(held_.begin()).value(), {}});
    }
    if (!has_item) return std::optional<Item>();
    Item& item = items_[next_++];
    if (!item.is_folder()) return std::optional(std::move(item));
    held_.insert(std::move(item.name));
  }
}

void FolderLevel::StartFolders(std::string_view after, size_t most) {
  for (next_to_start_ = std::max(next_to_start_, next_); next_to_start_ < items_.size() && most > 0;
       ++next_to_start_) {
    const Item& item = items_[next_to_start_];
    if (!item.is_folder() || !ReachesPast(item.name, after)) continue;
    const auto [place, is_new] = started_.try_emplace(item.name);
    if (!is_new) continue;  // Named twice.
    place->second = std::make_unique<FolderLevel>(listing_, item.name);
    place->second->Start();
    --most;
  }
}

std::unique_ptr<FolderLevel> FolderLevel::Enter(std::string name) {
  const auto found = started_.find(name);
  if (found == started_.end()) return std::make_unique<FolderLevel>(listing_, std::move(name));
  return std::move(started_.extract(found).mapped());
}

Status FolderLevel::Fetch() {
  TARN_TRY_ASSIGN(auto page, pages_.Next());
  items_.clear();
  next_ = next_to_start_ = 0;
  is_over_ = !page;
  if (is_over_) return {};
  for (std::string& prefix : page->prefixes) {
    if (!prefix.ends_with('/') || prefix == prefix_) return OutOfOrder(listing_->bucket(), prefix);
    items_.push_back({std::move(prefix), {}});
  }
  for (ListedKey& key : page->keys) {
    // A folder that deletions left empty is shown as a key without content.
    if (key.key == prefix_ && key.entity_tag.empty()) continue;
    items_.push_back({key.key, std::move(key)});
  }
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
    return std::pair(a.Sorted(), a.is_folder()) < std::pair(b.Sorted(), b.is_folder());
  });
  const std::string last_before = last_;
  for (const Item& item : items_) {
    // A folder may be named again by the next page, and have the name of a file.
    const bool is_ahead = item.Sorted() > last_ || (item.is_folder() && item.Sorted() == last_);
    if (!is_ahead || !item.name.starts_with(prefix_)) {
      return OutOfOrder(listing_->bucket(), item.name);
    }
    last_ = item.Sorted();
  }
  return empty_pages_.Note(last_ == last_before, listing_->bucket());
}

FolderLister::FolderLister(std::shared_ptr<Listing> listing, std::string_view prefix,
                           std::string_view after)
    : listing_(std::move(listing)), after_(after) {
  levels_.push_back(std::make_unique<FolderLevel>(listing_, std::string(prefix)));
}

Result<std::vector<ListedKey>> FolderLister::Next() {
  std::vector<ListedKey> keys;
  while (!levels_.empty() && keys.size() < kListKeysMax) {
    TARN_TRY_ASSIGN(auto item, levels_.back()->Next());
    if (!item) {
      levels_.pop_back();
    } else if (!item->is_folder()) {
      if (item->name > after_) keys.push_back(std::move(item->file));
    } else if (ReachesPast(item->name, after_)) {
      if (levels_.size() >= kFolderDepthMax) return OutOfOrder(listing_->bucket(), item->name);
      StartFolders();
      levels_.push_back(levels_.back()->Enter(std::move(item->name)));
    }
  }
  return keys;
}

/// What comes next lies in the deepest folders.
void FolderLister::StartFolders() {
  if (listing_->pool() == nullptr) return;
  size_t started = 0;
  for (const auto& level : levels_) started += level->started();
  for (auto level = levels_.rbegin(); level != levels_.rend() && started < kFoldersAhead; ++level) {
    const size_t before = (*level)->started();
    (*level)->StartFolders(after_, kFoldersAhead - started);
    started += (*level)->started() - before;
  }
}

}  // namespace tarn::block::remote
