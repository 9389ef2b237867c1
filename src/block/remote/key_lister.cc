#include "block/remote/key_lister.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace tarn::block::remote {
namespace {

constexpr size_t kFolderDepthMax = 1000;

/// What is listed, and until when.
struct Source {
  std::unique_ptr<PageSource> pages;
  std::function<bool()> stop;  ///< Null: to the end.
  std::string_view bucket() const { return pages->bucket(); }
};

Result<ListAnswer> FetchPage(const Source& source, const PageRequest& asked) {
  if (source.stop && source.stop()) return Status(Code::kCancelled);
  return source.pages->Fetch(asked);
}

Status OutOfOrder(std::string_view bucket, std::string_view key) {
  return {Code::kIo, "the object store lists bucket " + std::string(bucket) +
                         " out of order, at key " + std::string(key)};
}

/// Counts pages that bring nothing.
class EmptyPages {
 public:
  /// kIo after too many in a row.
  Status Note(bool is_empty, std::string_view bucket) {
    count_ = is_empty ? count_ + 1 : 0;
    if (count_ < kEmptyPagesMax) return {};
    return {Code::kIo, "the object store lists bucket " + std::string(bucket) +
                           " without end: " + std::to_string(count_) + " pages brought nothing"};
  }

 private:
  int count_ = 0;
};

/// Pages as they come; checks their order.
class FlatLister : public KeyLister {
 public:
  FlatLister(Source source, std::string_view prefix, std::string_view after, ListAnswer first)
      : source_(std::move(source)),
        prefix_(prefix),
        after_(after),
        last_(after),
        page_(std::move(first)) {}

  Result<std::vector<ListedKey>> Next() override {
    for (;;) {
      if (!page_) {
        if (continuation_.empty()) return std::vector<ListedKey>();
        TARN_TRY_ASSIGN(page_, FetchPage(source_, {prefix_, "", after_, continuation_}));
      }
      ListAnswer answer = *std::move(page_);
      page_.reset();
      continuation_ = std::move(answer.continuation);
      for (const ListedKey& key : answer.keys) {
        if (key.key <= last_ || !key.key.starts_with(prefix_)) {
          return OutOfOrder(source_.bucket(), key.key);
        }
        last_ = key.key;
      }
      TARN_TRY(empty_pages_.Note(answer.keys.empty(), source_.bucket()));
      if (!answer.keys.empty()) return std::move(answer.keys);
    }
  }

 private:
  const Source source_;
  const std::string prefix_, after_;
  std::string last_, continuation_;
  std::optional<ListAnswer> page_;  // fetched, and not given yet
  EmptyPages empty_pages_;
};

/// A file or a folder of a level.
struct Item {
  std::string name;  ///< Whole key; of a folder, with its slash.
  ListedKey file;
  bool is_folder() const { return file.key.empty(); }
  /// As the store sorts it.
  std::string_view Sorted() const {
    return std::string_view(name).substr(0, name.size() - (is_folder() ? 1 : 0));
  }
};

/// What lies directly in one folder, in byte order of names. The store gives a folder before names
/// that go on with a character below the slash; it is held back until they are over.
class FolderLevel {
 public:
  /// `source` outlives it.
  FolderLevel(const Source& source, std::string prefix)
      : source_(source), prefix_(std::move(prefix)) {}

  /// Nothing at the end.
  Result<std::optional<Item>> Next() {
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

 private:
  Status Fetch() {
    TARN_TRY_ASSIGN(ListAnswer page, FetchPage(source_, {prefix_, "/", "", continuation_}));
    items_.clear();
    next_ = 0;
    for (std::string& prefix : page.prefixes) {
      if (!prefix.ends_with('/') || prefix == prefix_) return OutOfOrder(source_.bucket(), prefix);
      items_.push_back({std::move(prefix), {}});
    }
    for (ListedKey& key : page.keys) {
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
        return OutOfOrder(source_.bucket(), item.name);
      }
      last_ = item.Sorted();
    }
    TARN_TRY(empty_pages_.Note(last_ == last_before, source_.bucket()));
    continuation_ = std::move(page.continuation);
    is_over_ = continuation_.empty();
    return {};
  }

  const Source& source_;
  const std::string prefix_;
  std::vector<Item> items_;  // of the page
  size_t next_ = 0;
  std::set<std::string, std::less<>> held_;
  std::string last_, continuation_;
  bool is_over_ = false;
  EmptyPages empty_pages_;
};

class FolderLister : public KeyLister {
 public:
  FolderLister(Source source, std::string_view prefix, std::string_view after)
      : source_(std::move(source)), after_(after) {
    levels_.emplace_back(source_, std::string(prefix));
  }

  Result<std::vector<ListedKey>> Next() override {
    std::vector<ListedKey> keys;
    while (!levels_.empty() && keys.size() < kListKeysMax) {
      TARN_TRY_ASSIGN(auto item, levels_.back().Next());
      if (!item) {
        levels_.pop_back();
      } else if (!item->is_folder()) {
        if (item->name > after_) keys.push_back(std::move(item->file));
      } else if (item->name > after_ || after_.starts_with(item->name)) {
        if (levels_.size() >= kFolderDepthMax) return OutOfOrder(source_.bucket(), item->name);
        levels_.emplace_back(source_, std::move(item->name));
      }
    }
    return keys;
  }

 private:
  const Source source_;
  const std::string after_;
  std::vector<FolderLevel> levels_;
};

}  // namespace

Result<std::unique_ptr<KeyLister>> ListKeys(std::unique_ptr<PageSource> pages,
                                            std::string_view prefix, std::string_view after,
                                            std::function<bool()> stop) {
  Source source{std::move(pages), std::move(stop)};
  TARN_TRY_ASSIGN(ListAnswer first, FetchPage(source, {prefix, "", after, ""}));
  if (first.is_by_folder) {
    return std::unique_ptr<KeyLister>(
        std::make_unique<FolderLister>(std::move(source), prefix, after));
  }
  return std::unique_ptr<KeyLister>(
      std::make_unique<FlatLister>(std::move(source), prefix, after, std::move(first)));
}

}  // namespace tarn::block::remote
