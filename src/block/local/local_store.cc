#include "block/local/local_store.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "base/blocking.h"
#include "base/log.h"
#include "block/address.h"
#include "block/local/file_reader.h"
#include "block/local/local_lister.h"
#include "block/local/local_walker.h"
#include "block/local/local_writer.h"
#include "block/local/make_directories.h"
#include "block/local/paths.h"

namespace tarn::block {
namespace {

Status NotFound() { return {Code::kDataNotFound, "not found"}; }

/// What is behind a symbolic link is no object of ours.
bool IsAbsent(int error) {
  return error == -ENOENT || error == -ENOTDIR || error == -ENAMETOOLONG || error == -ELOOP ||
         error == -EXDEV;
}

Status OpenFailed(const FilePath& file, int error) {
  return Status(Code::kIo, "open " + file.path + ": " + ErrnoText(-error))
      .WithRetry(RetryOfErrno(-error));
}

Status RootFailed(const std::string& path, int error) {
  return DirectoryFailed(path, error).Prefixed("local block store: ");
}

}  // namespace

class LocalStore::Impl {
 public:
  Impl(LocalStoreOptions options, std::string root_path, Clock& clock, FileLayer& files,
       FileHandle root_file)
      : paths(std::move(root_path), options.allowed_external_prefixes),
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
  }

  /// Makes .tarn/tmp, removes stale files from it and writes a probe.
  Status Prepare() {
    const std::string name = std::string(kPrivateDirectory) + "/tmp";
    const Directories::Opened opened = directories.Open(name);
    if (!opened.directory) return RootFailed(paths.root() + "/" + name, opened.error);
    writers.temporary = opened.directory;
    std::vector<DirectoryEntry> stale;
    const int listed = layer.List(opened.directory->file(), &stale);
    if (listed < 0) return RootFailed(paths.root() + "/" + name, listed);
    for (const DirectoryEntry& file : stale)
      layer.Unlink(opened.directory->file(), file.name.c_str());
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

  struct OpenedFile {
    FileHandle file;
    FileStatus status;
  };
  /// Opens a file to read it; nothing if it is absent or no regular file.
  Result<std::optional<OpenedFile>> OpenFile(const FilePath& path) {
    const Wait wait = AllowedWait();
    FileHandle base;
    if (!path.below_root()) {
      base = FileHandle(layer, layer.OpenBase(path.base.c_str(), wait));
      if (!base.open()) return NotOpened(path, base.get(), wait);
    }
    FileHandle file(layer, layer.OpenToRead(path.below_root() ? root->file() : base.get(),
                                            path.path.c_str(), wait));
    if (!file.open()) return NotOpened(path, file.get(), wait);
    FileStatus status;
    const int read = layer.Stat(file.get(), &status);
    if (read < 0) return Status(Code::kIo, "stat " + path.path + ": " + ErrnoText(-read));
    if (!status.regular) return std::optional<OpenedFile>();
    return std::optional(OpenedFile{std::move(file), status});
  }
  static Result<std::optional<OpenedFile>> NotOpened(const FilePath& path, int error, Wait wait) {
    if (error == -EAGAIN && wait == Wait::kMustNot) return Status(Code::kWouldBlock);
    if (IsAbsent(error)) return std::optional<OpenedFile>();
    return OpenFailed(path, error);
  }

  /// Gives a stored object a second name, durable like a new one. Nothing where that cannot be, and
  /// the bytes have to be copied.
  Result<std::optional<ObjectProperties>> Share(const FilePath& from, const std::string& to) {
    TARN_TRY_ASSIGN(const auto source, OpenFile(from));
    if (!source) return std::optional<ObjectProperties>();
    return LinkObject(writers, source->file.get(), source->status.size, to);
  }

  /// The text of Locate: the path after following the links in the base.
  std::string PlaceOf(const FilePath& file) const {
    const std::string& base = file.below_root() ? paths.root() : file.base;
    std::error_code error;
    std::string place = std::filesystem::canonical(base, error).string();
    if (error) place = base;
    if (file.path == ".") return place;
    return place + (place.ends_with('/') ? "" : "/") + file.path;
  }

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
  auto file = MakeDirectories(layer, root);
  if (!file.ok()) return std::move(file).status().Prefixed("local block store: ");
  auto impl = std::make_unique<Impl>(std::move(options), root, clock, layer, *std::move(file));
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

Result<std::unique_ptr<ObjectReader>> LocalStore::Open(const ObjectPointer& object,
                                                       const ByteRange& /*first*/) {
  TARN_TRY_ASSIGN(const FilePath path, impl_->paths.Resolve(object));
  TARN_TRY_ASSIGN(auto opened, impl_->OpenFile(path));
  if (!opened) return NotFound();
  return ReadFile(impl_->layer, std::move(opened->file),
                  {opened->status.size, opened->status.modified});
}

Result<std::unique_ptr<ObjectStream>> LocalStore::OpenStream(const ObjectPointer& object,
                                                             const ByteRange& range) {
  TARN_TRY_ASSIGN(auto reader, Open(object, range));
  return StreamOf(std::move(reader), range);
}

Result<std::optional<ObjectProperties>> LocalStore::Stat(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const FilePath path, impl_->paths.Resolve(object));
  TARN_TRY_ASSIGN(const auto opened, impl_->OpenFile(path));
  if (!opened) return std::optional<ObjectProperties>();
  return std::optional(ObjectProperties{opened->status.size, opened->status.modified});
}

Result<std::optional<ObjectProperties>> LocalStore::MakeDurable(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string path, impl_->paths.ResolveForWrite(object));
  TARN_TRY_ASSIGN(const auto opened, impl_->OpenFile({"", path}));
  if (!opened) return std::optional<ObjectProperties>();
  // Bytes too: who put the file there need not have been this program.
  int synced = impl_->layer.SyncFile(opened->file.get());
  if (synced >= 0) {
    const size_t slash = path.rfind('/');
    const auto directory =
        impl_->directories.Open(slash == std::string::npos ? "" : path.substr(0, slash));
    synced = directory.directory ? directory.directory->Sync() : directory.error;
  }
  if (synced < 0) return WriteFailed(synced);
  return std::optional(ObjectProperties{opened->status.size, opened->status.modified});
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

Result<ObjectProperties> LocalStore::Copy(const ObjectPointer& from, const ObjectPointer& to,
                                          const CopyOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const FilePath source, impl_->paths.Resolve(from));
  TARN_TRY_ASSIGN(const std::string target, impl_->paths.ResolveForWrite(to));
  // What only we write never changes, so a second name does. Import sources are their owner's, who
  // may write into them.
  if (options.may_share && !source.full_address) {
    TARN_TRY_ASSIGN(const auto linked, impl_->Share(source, target));
    if (linked) return *linked;
  }
  TARN_TRY_ASSIGN(const auto opened, impl_->OpenFile(source));
  if (!opened) return NotFound();
  const int64_t size = opened->status.size;
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectWriter> writer, Create(to, {size}));
  TARN_TRY(writer->Append(*this, from, 0, size));
  return writer->Commit();
}

Result<ObjectPage> LocalStore::List(const ListRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string base,
                  impl_->paths.ResolveForWrite({request.storage_namespace, ""}));
  return ListLocal(impl_->layer, impl_->root->file(), base, request);
}

Result<std::unique_ptr<ObjectWalker>> LocalStore::Walk(const WalkRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(FilePath path, impl_->paths.ResolveSource(request.source_uri, request.kind));
  if (path.below_root()) path.base = impl_->paths.root();
  return OpenLocalWalker({.base = std::move(path.base),
                          .path = std::move(path.path),
                          .hidden = impl_->import_hidden,
                          .stop = request.stop,
                          .after = std::string(request.continuation)},
                         request.kind);
}

Result<std::string> LocalStore::FormatAddress(const ObjectPointer& object) const {
  return impl_->paths.Format(object);
}

Status LocalStore::CheckAddress(const ObjectPointer& object) const {
  const auto file = impl_->paths.Resolve(object);
  // Reading takes everything else for relative to the namespace.
  const bool local = file.ok() && file->full_address;
  if (object.type == AddressType::kFull && !local) TARN_TRY(block::Resolve(object));
  return file.status();
}

Result<std::string> LocalStore::Locate(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(const FilePath file, impl_->paths.Resolve(object));
  if (object.type == AddressType::kFull && !file.full_address) {
    return Status(Code::kInvalidAddress, "expected storage type local: invalid address");
  }
  return impl_->PlaceOf(file);
}

Result<std::string> LocalStore::LocateSource(std::string_view source_uri) const {
  TARN_TRY_ASSIGN(const FilePath file, impl_->paths.ResolveSource(source_uri, WalkKind::kPrefix));
  // A directory: objects are below it.
  std::string place = impl_->PlaceOf(file);
  return place.ends_with('/') ? place : place + "/";
}

}  // namespace tarn::block
