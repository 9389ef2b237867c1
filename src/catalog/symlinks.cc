#include "catalog/symlinks.h"

#include <memory>
#include <utility>
#include <vector>

#include "codec/entry.h"
#include "versioning/branch/read.h"

namespace tarn::catalog {
namespace {

constexpr std::string_view kFolder = "symlinks", kListName = "symlink.txt";

constexpr char kEscape = '%';

/// An element of a key as the name of a directory: the same, unless that could not be one. Such
/// elements, and those that look like it, begin with a percent sign.
std::string NameOfElement(std::string_view element) {
  const bool plain = !element.empty() && element != "." && element != ".." &&
                     element != kListName && element.front() != kEscape &&
                     element.find('\0') == std::string_view::npos;
  if (plain) return std::string(element);
  std::string name(1, kEscape);
  for (const char c : element) {
    if (c == '\0') {
      name += "%00";
    } else if (c == kEscape) {
      name += "%25";
    } else {
      name += c;
    }
  }
  return name;
}

/// The folder of a directory's list; `directory` is a key up to its last slash. Stays in the folder
/// of all lists, and two directories never share one.
std::string FolderOf(std::string_view directory) {
  std::string folder;
  while (!directory.empty()) {
    const size_t slash = directory.find('/');
    folder.append(NameOfElement(directory.substr(0, slash))).append("/");
    directory.remove_prefix(slash + 1);
  }
  return folder;
}

/// The list of one directory, while its keys are met.
struct OpenList {
  std::string directory;  ///< With its slash; "" for the top.
  std::unique_ptr<block::ObjectWriter> writer;
};

class SymlinkWriter {
 public:
  SymlinkWriter(Catalog& catalog, const refs::Repository& repository, std::string_view ref)
      : catalog_(catalog),
        repository_(repository),
        prefix_(std::string(kFolder) + "/" + repository.id.str() + "/" + std::string(ref) + "/") {}

  Status Add(std::string_view path, const EntryView& entry) {
    const std::string_view directory = path.substr(0, path.rfind('/') + 1);
    // Keys of a directory lie together but for those of directories in it, so at most one list per
    // level is open.
    while (!open_.empty() && !directory.starts_with(open_.back().directory)) TARN_TRY(Close());
    TARN_TRY_ASSIGN(std::string line,
                    catalog_.PhysicalAddress(repository_, entry.address, entry.address_type));
    if (open_.empty() || open_.back().directory != directory) {
      TARN_TRY(Open(directory));
    } else {
      line.insert(line.begin(), '\n');
    }
    return open_.back().writer->Write(line);
  }

  Status CloseAll() {
    while (!open_.empty()) TARN_TRY(Close());
    return {};
  }

 private:
  Status Open(std::string_view directory) {
    const std::string address = prefix_ + FolderOf(directory) + std::string(kListName);
    TARN_TRY_ASSIGN(auto writer, catalog_.context().objects.Create(
                                     {repository_.storage_namespace.view(), address}, {}));
    open_.push_back({std::string(directory), std::move(writer)});
    return {};
  }
  Status Close() {
    TARN_TRY(open_.back().writer->Commit());
    open_.pop_back();
    return {};
  }

  Catalog& catalog_;
  const refs::Repository& repository_;
  const std::string prefix_;
  std::vector<OpenList> open_;  // each within the one before it
};

}  // namespace

Result<std::string> WriteSymlinks(Catalog& catalog, const refs::Repository& repository,
                                  std::string_view ref, std::string_view prefix) {
  versioning::Context& context = catalog.context();
  TARN_TRY_ASSIGN(const refs::Resolved resolved, context.refs.Resolve(repository, ref));
  TARN_TRY_ASSIGN(const auto values, versioning::IterateValues(context, repository, resolved));
  SymlinkWriter lists(catalog, repository, ref);
  TARN_TRY(values->Seek(prefix));
  while (values->Valid() && values->key().starts_with(prefix)) {
    TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(values->value().data));
    TARN_TRY(lists.Add(values->key(), entry));
    TARN_TRY(values->Next());
  }
  TARN_TRY(lists.CloseAll());
  return repository.storage_namespace.str() + "/" + std::string(kFolder);
}

}  // namespace tarn::catalog
