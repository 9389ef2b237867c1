#include "block/local/local_store.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "base/blocking.h"
#include "base/check.h"
#include "base/log.h"
#include "block/address.h"
#include "block/local/local_walker.h"
#include "block/local/local_writer.h"
#include "block/local/paths.h"

namespace tarn::block {
namespace {

constexpr uint32_t kRootMode = 0700;

Wait AllowedWait() { return MayBlock() ? Wait::kMay : Wait::kMustNot; }

Status NotFound() { return {Code::kDataNotFound, "not found"}; }

bool IsAbsent(int error) { return error == -ENOENT || error == -ENOTDIR || error == -ENAMETOOLONG; }

Status RootFailed(const std::string& path, int error) {
  return {Code::kIo, "local block store: cannot use directory " + path + ": " + ErrnoText(-error)};
}

class LocalReader : public ObjectReader {
 public:
  LocalReader(FileLayer& layer, FileHandle file, ObjectProperties properties)
      : layer_(layer), file_(std::move(file)), properties_(properties) {}

  ObjectProperties properties() const override { return properties_; }
  int file_descriptor() const override { return file_.get(); }

  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    if (offset < 0) return Status(Code::kInvalidValue, "bad index");
    const Wait wait = AllowedWait();
    size_t total = 0;
    while (total < out.size()) {
      const int64_t at = offset + static_cast<int64_t>(total);
      const int64_t got = layer_.ReadAt(file_.get(), at, out.subspan(total), wait);
      if (got == -EAGAIN && wait == Wait::kMustNot) return Status(Code::kWouldBlock);
      if (got < 0) return Status(Code::kIo, "read object: " + ErrnoText(static_cast<int>(-got)));
      if (got == 0) break;
      total += static_cast<size_t>(got);
      if (at + got >= properties_.size) break;
    }
    return total;
  }

 private:
  FileLayer& layer_;
  FileHandle file_;
  const ObjectProperties properties_;
};

/// Opens a directory by absolute path, making what is missing.
Result<FileHandle> OpenRoot(FileLayer& layer, const std::string& path) {
  int file = layer.OpenDirectory(kNoDirectory, path.c_str());
  if (file != -ENOENT) {
    if (file < 0) return RootFailed(path, file);
    return FileHandle(layer, file);
  }
  const size_t slash = path.rfind('/');
  TARN_CHECK(slash != std::string::npos);
  TARN_TRY_ASSIGN(FileHandle parent, OpenRoot(layer, slash == 0 ? "/" : path.substr(0, slash)));
  const int made = layer.MakeDirectory(parent.get(), path.c_str() + slash + 1, kRootMode);
  if (made < 0 && made != -EEXIST) return RootFailed(path, made);
  const int synced = layer.SyncDirectory(parent.get());
  if (synced < 0) return RootFailed(path, synced);
  file = layer.OpenDirectory(kNoDirectory, path.c_str());
  if (file < 0) return RootFailed(path, file);
  return FileHandle(layer, file);
}

}  // namespace

class LocalStore::Impl {
 public:
  Impl(LocalStoreOptions options, std::string root_path, Clock& clock, FileLayer& files,
       FileHandle root_file)
      : paths(std::move(root_path), std::move(options.allowed_external_prefixes)),
        import_hidden(options.import_hidden),
        layer(files),
        root(std::make_shared<Directory>(files, std::move(root_file))),
        directories(files, root),
        writers{files, clock, directories, nullptr} {
    info.type = "local";
    info.namespace_regex = "^local://";
    info.namespace_example = "local://example-bucket/";
    info.default_namespace_prefix = std::move(options.default_namespace_prefix);
    info.import_support = options.import_enabled;
    info.presign_support = options.pre_signed;
    info.presign_multipart_support = options.pre_signed;
  }

  /// Makes .tarn/tmp, removes stale files from it and writes a probe.
  Status Prepare() {
    const std::string name = std::string(kPrivateDirectory) + "/tmp";
    const Directories::Opened opened = directories.Open(name);
    if (!opened.directory) return RootFailed(paths.root() + "/" + name, opened.error);
    writers.temporary = opened.directory;
    std::vector<std::string> stale;
    const int listed = layer.List(opened.directory->file(), &stale);
    if (listed < 0) return RootFailed(paths.root() + "/" + name, listed);
    for (const std::string& file : stale) layer.Unlink(opened.directory->file(), file.c_str());
    if (!stale.empty()) {
      TARN_LOG_INFO("removed unfinished objects: count={} directory={}/{}", stale.size(),
                    paths.root(), name);
    }
    const int probe = layer.CreateNamed(opened.directory->file(), "probe");
    if (probe < 0) return RootFailed(paths.root(), probe);
    layer.Close(probe);
    layer.Unlink(opened.directory->file(), "probe");
    return {};
  }

  int At(const FilePath& file) const { return file.below_root ? root->file() : kNoDirectory; }

  const LocalPaths paths;
  const bool import_hidden;
  FileLayer& layer;
  const std::shared_ptr<Directory> root;
  Directories directories;
  WriterContext writers;
  StoreInfo info;
};

LocalStore::LocalStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalStore::~LocalStore() = default;

Result<std::unique_ptr<LocalStore>> LocalStore::Open(LocalStoreOptions options, Clock& clock,
                                                     FileLayer& layer) {
  const std::string root = CleanPath(options.root);
  if (!root.starts_with('/')) {
    return Status(Code::kInvalidValue, "local block store: directory must be an absolute path: \"" +
                                           options.root + "\"");
  }
  TARN_TRY_ASSIGN(FileHandle file, OpenRoot(layer, root));
  auto impl = std::make_unique<Impl>(std::move(options), root, clock, layer, std::move(file));
  TARN_TRY(impl->Prepare());
  return std::unique_ptr<LocalStore>(new LocalStore(std::move(impl)));
}

const StoreInfo& LocalStore::info() const { return impl_->info; }

Result<std::unique_ptr<ObjectWriter>> LocalStore::Create(const ObjectPointer& object,
                                                         const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(std::string path, impl_->paths.ResolveForWrite(object));
  return std::unique_ptr<ObjectWriter>(
      std::make_unique<LocalWriter>(impl_->writers, std::move(path), options));
}

Result<std::unique_ptr<ObjectReader>> LocalStore::Open(const ObjectPointer& object) {
  TARN_TRY_ASSIGN(const FilePath path, impl_->paths.Resolve(object));
  const Wait wait = AllowedWait();
  const int file = impl_->layer.OpenToRead(impl_->At(path), path.path.c_str(), wait);
  if (file == -EAGAIN && wait == Wait::kMustNot) return Status(Code::kWouldBlock);
  if (IsAbsent(file)) return NotFound();
  if (file < 0) return Status(Code::kIo, "open " + path.path + ": " + ErrnoText(-file));
  FileHandle handle(impl_->layer, file);
  FileStatus status;
  const int read = impl_->layer.Stat(file, &status);
  if (read < 0) return Status(Code::kIo, "stat " + path.path + ": " + ErrnoText(-read));
  if (!status.regular) return NotFound();
  return std::unique_ptr<ObjectReader>(std::make_unique<LocalReader>(
      impl_->layer, std::move(handle), ObjectProperties{status.size, status.modified}));
}

Result<bool> LocalStore::Exists(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const FilePath path, impl_->paths.Resolve(object));
  FileStatus status;
  const int read = impl_->layer.StatName(impl_->At(path), path.path.c_str(), &status);
  if (IsAbsent(read)) return false;
  if (read < 0) return Status(Code::kIo, "stat " + path.path + ": " + ErrnoText(-read));
  return status.regular;
}

Status LocalStore::Remove(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string path, impl_->paths.ResolveForWrite(object));
  const int removed = impl_->layer.Unlink(impl_->root->file(), path.c_str());
  // A directory is not an object, so there is none of that name.
  if (removed >= 0 || IsAbsent(removed) || removed == -EISDIR) return {};
  return {Code::kIo, "remove " + path + ": " + ErrnoText(-removed)};
}

Status LocalStore::RemoveAll(std::string_view storage_namespace,
                             std::span<const std::string> addresses) {
  std::set<std::string> directories;
  for (const std::string& address : addresses) {
    TARN_TRY(Remove({storage_namespace, address}));
    TARN_TRY_ASSIGN(std::string path, impl_->paths.ResolveForWrite({storage_namespace, address}));
    directories.insert(path.substr(0, std::min(path.rfind('/'), path.size())));
  }
  for (const std::string& directory : directories) {
    const Directories::Opened opened = impl_->directories.Open(directory);
    const int synced = opened.directory ? opened.directory->Sync() : opened.error;
    if (synced < 0) return {Code::kIo, "remove from " + directory + ": " + ErrnoText(-synced)};
  }
  return {};
}

Result<ObjectProperties> LocalStore::Copy(const ObjectPointer& from, const ObjectPointer& to) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const FilePath source, impl_->paths.Resolve(from));
  TARN_TRY_ASSIGN(const std::string target, impl_->paths.ResolveForWrite(to));
  // What has a relative address was written by us and never changes, so a second name does. Import
  // sources are their owner's, who may write into them.
  if (source.below_root && !source.full_address) {
    TARN_TRY_ASSIGN(const auto linked,
                    LinkObject(impl_->writers, *impl_->root, source.path, target));
    if (linked) return *linked;
  }
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectReader> reader, Open(from));
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectWriter> writer,
                  Create(to, {reader->properties().size}));
  TARN_TRY(writer->Append(*reader, 0, reader->properties().size));
  return writer->Commit();
}

Result<std::unique_ptr<ObjectWalker>> LocalStore::Walk(std::string_view source_uri, WalkKind kind,
                                                       std::function<bool()> stop) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(std::string path, impl_->paths.ResolveSource(source_uri));
  return OpenLocalWalker({std::move(path), impl_->import_hidden, std::move(stop)}, kind);
}

Result<std::string> LocalStore::FormatAddress(const ObjectPointer& object) const {
  return impl_->paths.Format(object);
}

Status LocalStore::CheckAddress(const ObjectPointer& object) const {
  if (object.type == AddressType::kFull) TARN_TRY(block::Resolve(object));
  return ToStatus(impl_->paths.Resolve(object));
}

}  // namespace tarn::block
