#include "block/local/make_directories.h"

#include <algorithm>
#include <cerrno>

#include "base/check.h"

namespace tarn::block {
namespace {

constexpr uint32_t kDirectoryMode = 0700;

}  // namespace

Status DirectoryFailed(const std::string& path, int error) {
  return {Code::kIo, "cannot use directory " + path + ": " + ErrnoText(-error)};
}

Result<FileHandle> MakeDirectories(FileLayer& layer, const std::string& path) {
  const auto open = [&]() -> Result<FileHandle> {
    const int file = layer.OpenDirectory(kNoDirectory, path.c_str());
    if (file < 0 && file != -ENOENT) return DirectoryFailed(path, file);
    return FileHandle(layer, file);
  };
  TARN_TRY_ASSIGN(FileHandle found, open());
  if (path == "/") return found;
  const size_t slash = path.rfind('/');
  TARN_CHECK(slash != std::string::npos);
  const auto parent = MakeDirectories(layer, path.substr(0, std::max<size_t>(slash, 1)));
  // What is above a directory that may not be opened was not made by us.
  if (!parent.ok() && found.open()) return found;
  TARN_TRY(parent.status());
  const bool missing = !found.open();
  if (missing) {
    const int made = layer.MakeDirectory(parent->get(), path.c_str() + slash + 1, kDirectoryMode);
    if (made < 0 && made != -EEXIST) return DirectoryFailed(path, made);
  }
  // Read-only and odd file systems above have nothing to sync, and say so.
  const int synced = layer.SyncDirectory(parent->get());
  if (synced < 0 && (missing || synced == -EIO)) return DirectoryFailed(path, synced);
  if (!missing) return found;
  TARN_TRY_ASSIGN(FileHandle made, open());
  if (!made.open()) return DirectoryFailed(path, -ENOENT);
  return made;
}

}  // namespace tarn::block
