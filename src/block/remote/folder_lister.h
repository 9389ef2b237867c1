// Keys of a store that lists folder by folder. Level 3; one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "block/remote/key_lister.h"
#include "block/remote/page_stream.h"

namespace tarn::block::remote {

/// What lies directly in one folder, in byte order of names. The store gives a folder before names
/// that go on with a character below the slash; it is held back until they are over.
class FolderLevel {
 public:
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

  FolderLevel(std::shared_ptr<Listing> listing, std::string prefix);

  /// Begins to list it, without waiting.
  void Start() { pages_.Start(); }
  /// Nothing at the end.
  Result<std::optional<Item>> Next();
  /// Begins to list folders that come next, of those that hold keys after `after`; at most `most`.
  void StartFolders(std::string_view after, size_t most);
  size_t started() const { return started_.size(); }
  /// A folder of this level.
  std::unique_ptr<FolderLevel> Enter(std::string name);

 private:
  Status Fetch();

  const std::shared_ptr<Listing> listing_;  // shared with the other levels
  const std::string prefix_;
  PageStream pages_;
  std::vector<Item> items_;  // of the page
  size_t next_ = 0;
  size_t next_to_start_ = 0;
  std::set<std::string, std::less<>> held_;
  std::map<std::string, std::unique_ptr<FolderLevel>, std::less<>> started_;
  std::string last_;
  bool is_over_ = false;
  EmptyPages empty_pages_;
};

class FolderLister final : public KeyLister {
 public:
  FolderLister(std::shared_ptr<Listing> listing, std::string_view prefix, std::string_view after);
  ~FolderLister() override { listing_->Close(); }
  Result<std::vector<ListedKey>> Next() override;

 private:
  void StartFolders();

  const std::shared_ptr<Listing> listing_;  // shared with the levels
  const std::string after_;
  std::vector<std::unique_ptr<FolderLevel>> levels_;
};

/// Whether a folder may hold keys after `after`.
bool ReachesPast(std::string_view folder, std::string_view after);

}  // namespace tarn::block::remote
