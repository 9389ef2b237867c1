#include "block/local/local_lister.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "block/local/local_writer.h"

namespace tarn::block {
namespace {

/// Names that ended, or became something else, since their directory was read.
bool IsGone(int error) { return error == -ENOENT || error == -ENOTDIR || error == -ELOOP; }

class Lister {
 public:
  Lister(FileLayer& layer, const ListRequest& request) : layer_(layer), request_(request) {}

  /// Takes the objects of an open directory, whose addresses begin with `key`. False when the page
  /// is full.
  Result<bool> Take(int directory, const std::string& key) {
    TARN_TRY_ASSIGN(const std::vector<std::string> names, Names(directory, key));
    for (const std::string& name : names) {
      const bool below = name.ends_with('/');
      TARN_TRY_ASSIGN(const bool room,
                      below ? Enter(directory, key, name) : TakeFile(directory, key + name, name));
      if (!room) return false;
    }
    return true;
  }

  ObjectPage page;

 private:
  /// What counts in a directory, sorted as keys sort: names of directories end in '/'.
  Result<std::vector<std::string>> Names(int directory, const std::string& key) {
    std::vector<DirectoryEntry> entries;
    const int listed = layer_.List(directory, &entries);
    if (listed < 0) return Failed("read directory", key, listed);
    std::vector<std::string> names;
    for (DirectoryEntry& entry : entries) {
      if (entry.name.starts_with(kTemporaryPrefix)) continue;
      if (entry.directory) entry.name += '/';
      if (Counts(key + entry.name, entry.directory)) names.push_back(std::move(entry.name));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  bool Counts(std::string_view key, bool directory) const {
    const std::string_view after = request_.continuation, prefix = request_.prefix;
    if (directory && prefix.starts_with(key)) return key >= after || after.starts_with(key);
    if (!key.starts_with(prefix)) return false;
    return key > after || (directory && after.starts_with(key));
  }

  Result<bool> Enter(int directory, const std::string& key, const std::string& name) {
    const FileHandle below(
        layer_, layer_.OpenDirectory(directory, name.substr(0, name.size() - 1).c_str()));
    if (IsGone(below.get())) return true;
    if (!below.open()) return Failed("open", key + name, below.get());
    return Take(below.get(), key + name);
  }

  Result<bool> TakeFile(int directory, std::string key, const std::string& name) {
    FileStatus status;
    const int read = layer_.StatAt(directory, name.c_str(), &status);
    if (read < 0 && !IsGone(read)) return Failed("stat", key, read);
    if (read < 0 || !status.regular) return true;
    if (page.objects.size() == request_.objects_max) {
      page.continuation = page.objects.back().address;
      return false;
    }
    page.objects.push_back({std::move(key), status.size, status.modified});
    return true;
  }

  Status Failed(std::string_view action, const std::string& key, int error) const {
    return {Code::kIo, std::string(action) + " " + std::string(request_.storage_namespace) + "/" +
                           key + ": " + ErrnoText(-error)};
  }

  FileLayer& layer_;
  const ListRequest& request_;
};

}  // namespace

Result<ObjectPage> ListLocal(FileLayer& layer, int root, const std::string& base,
                             const ListRequest& request) {
  const FileHandle directory(layer, layer.OpenToRead(root, base.c_str(), Wait::kMay));
  if (IsGone(directory.get())) return ObjectPage();
  if (!directory.open())
    return Status(Code::kIo, "open " + base + ": " + ErrnoText(-directory.get()));
  Lister lister(layer, request);
  TARN_TRY(lister.Take(directory.get(), ""));
  return std::move(lister.page);
}

}  // namespace tarn::block
