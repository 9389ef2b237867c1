#include "kv/testing/crash_file_system.h"

#include <algorithm>
#include <cstring>

namespace tarn::kv {

using ::rocksdb::FileOptions;
using ::rocksdb::IODebugContext;
using ::rocksdb::IOOptions;
using ::rocksdb::IOStatus;
using ::rocksdb::Slice;
using Guard = std::lock_guard<std::mutex>;

namespace {

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::string Clean(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

IOStatus NotFound(const std::string& path) { return IOStatus::NotFound(path); }

class Lock : public ::rocksdb::FileLock {};

}  // namespace

class CrashWritableFile : public ::rocksdb::FSWritableFile {
 public:
  CrashWritableFile(CrashFileSystem& files, CrashFileSystem::NodePtr node)
      : files_(files), node_(std::move(node)) {}

  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    Guard lock(files_.mutex_);
    IOStatus status = files_.Change();
    if (!status.ok()) return status;
    const uint64_t limit = std::min(files_.capacity_, files_.quota_);
    const uint64_t used = files_.UsedBytes();
    if (used + data.size() > limit) {
      // As a disk does: what still fits is written.
      node_->data.append(data.data(), used < limit ? limit - used : 0);
      return IOStatus::NoSpace("the disk is full");
    }
    node_->data.append(data.data(), data.size());
    return status;
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    Guard lock(files_.mutex_);
    IOStatus status = files_.Change();
    if (!status.ok()) return status;
    node_->data.resize(size);
    node_->synced = std::min(node_->synced, node_->data.size());
    return status;
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    Guard lock(files_.mutex_);
    IOStatus status = files_.Change();
    if (!status.ok()) return status;
    if (!files_.fail_sync_.empty() && node_->name.ends_with(files_.fail_sync_)) {
      files_.fail_sync_.clear();
      return IOStatus::IOError("the sync failed");
    }
    node_->synced = node_->data.size();
    return status;
  }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    Guard lock(files_.mutex_);
    return node_->data.size();
  }

 private:
  CrashFileSystem& files_;
  const CrashFileSystem::NodePtr node_;
};

class CrashReadableFile : public ::rocksdb::FSSequentialFile, public ::rocksdb::FSRandomAccessFile {
 public:
  CrashReadableFile(const CrashFileSystem& files, CrashFileSystem::NodePtr node)
      : files_(files), node_(std::move(node)) {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    Guard lock(files_.mutex_);
    IOStatus status = files_.Read();
    if (!status.ok()) return status;
    const size_t begin = std::min<size_t>(offset, node_->data.size());
    const size_t size = std::min(n, node_->data.size() - begin);
    std::memcpy(scratch, node_->data.data() + begin, size);
    *result = Slice(scratch, size);
    return status;
  }
  IOStatus Read(size_t n, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* context) override {
    const IOStatus status = Read(at_, n, options, result, scratch, context);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }
  bool use_direct_io() const override { return false; }
  size_t GetRequiredBufferAlignment() const override { return 1; }
  IOStatus InvalidateCache(size_t, size_t) override { return IOStatus::OK(); }
  ::rocksdb::Temperature GetTemperature() const override {
    return ::rocksdb::Temperature::kUnknown;
  }

 private:
  const CrashFileSystem& files_;
  const CrashFileSystem::NodePtr node_;
  uint64_t at_ = 0;
};

class CrashDirectory : public ::rocksdb::FSDirectory {
 public:
  CrashDirectory(CrashFileSystem& files, std::string path)
      : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    Guard lock(files_.mutex_);
    IOStatus status = files_.Change();
    if (status.ok()) files_.SyncFolder(path_);
    return status;
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  CrashFileSystem& files_;
  const std::string path_;
};

void CrashFileSystem::CrashAfter(int64_t changes) {
  Guard lock(mutex_);
  changes_left_ = changes;
}

bool CrashFileSystem::crashed() const {
  Guard lock(mutex_);
  return crashed_;
}

uint64_t CrashFileSystem::changes() const {
  Guard lock(mutex_);
  return changes_;
}

void CrashFileSystem::SetCapacity(uint64_t bytes) {
  Guard lock(mutex_);
  capacity_ = bytes;
}

void CrashFileSystem::SetQuota(uint64_t bytes) {
  Guard lock(mutex_);
  quota_ = bytes;
}

uint64_t CrashFileSystem::used_bytes() const {
  Guard lock(mutex_);
  return UsedBytes();
}

uint64_t CrashFileSystem::UsedBytes() const {
  uint64_t used = 0;
  for (const auto& [name, node] : names_) used += node->data.size();
  return used;
}

void CrashFileSystem::FailNextSync(std::string suffix) {
  Guard lock(mutex_);
  fail_sync_ = std::move(suffix);
}

void CrashFileSystem::Restart() {
  Guard lock(mutex_);
  const bool strict = random_() % 2 == 0;
  // Changes of names reach the disk in order; any number of the last ones is lost.
  const size_t kept = strict ? 0 : random_() % (history_.size() + 1);
  const Names& survivors = kept == 0 ? durable_names_ : history_[kept - 1];
  Names names;
  for (const auto& [path, node] : survivors) {
    auto copy = std::make_shared<Node>(Node{path, node->data, 0});
    const size_t unsynced = node->data.size() - node->synced;
    const size_t tail = strict || unsynced == 0 ? 0 : random_() % (unsynced + 1);
    copy->data.resize(node->synced + tail);
    // A block that never reached the disk reads as zeros or as what was there before.
    if (tail > 0 && random_() % 2 == 0) {
      const size_t from = node->synced + random_() % tail;
      const bool zeros = random_() % 2 == 0;
      for (size_t i = from; i < copy->data.size(); ++i) {
        copy->data[i] = zeros ? '\0' : static_cast<char>(random_());
      }
    }
    copy->synced = copy->data.size();
    names.emplace(path, std::move(copy));
  }
  names_ = names;
  durable_names_ = std::move(names);
  history_.clear();
  changes_left_ = -1;
  crashed_ = false;
}

IOStatus CrashFileSystem::Change() {
  if (changes_left_ == 0) crashed_ = true;
  if (crashed_) return IOStatus::IOError("the power is out");
  if (changes_left_ > 0) --changes_left_;
  ++changes_;
  return IOStatus::OK();
}

IOStatus CrashFileSystem::Read() const {
  return crashed_ ? IOStatus::IOError("the power is out") : IOStatus::OK();
}

CrashFileSystem::NodePtr CrashFileSystem::Find(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void CrashFileSystem::SyncFolder(const std::string& folder) {
  const auto merge = [&](Names& into) {
    std::erase_if(into, [&](const auto& name) { return FolderOf(name.first) == folder; });
    for (const auto& [path, node] : names_) {
      if (FolderOf(path) == folder) into.emplace(path, node);
    }
  };
  merge(durable_names_);
  // With one folder in use nothing older than this sync can come back.
  history_.clear();
}

IOStatus CrashFileSystem::NewSequentialFile(const std::string& path, const FileOptions&,
                                            std::unique_ptr<::rocksdb::FSSequentialFile>* file,
                                            IODebugContext*) {
  Guard lock(mutex_);
  IOStatus status = Read();
  if (!status.ok()) return status;
  const NodePtr node = Find(path);
  if (node == nullptr) return NotFound(path);
  *file = std::make_unique<CrashReadableFile>(*this, node);
  return status;
}

IOStatus CrashFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions&,
                                              std::unique_ptr<::rocksdb::FSRandomAccessFile>* file,
                                              IODebugContext*) {
  Guard lock(mutex_);
  IOStatus status = Read();
  if (!status.ok()) return status;
  const NodePtr node = Find(path);
  if (node == nullptr) return NotFound(path);
  *file = std::make_unique<CrashReadableFile>(*this, node);
  return status;
}

IOStatus CrashFileSystem::NewWritableFile(const std::string& path, const FileOptions&,
                                          std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                          IODebugContext*) {
  Guard lock(mutex_);
  IOStatus status = Change();
  if (!status.ok()) return status;
  auto node = std::make_shared<Node>(Node{path, {}, 0});
  names_[path] = node;
  NamesChanged();
  *file = std::make_unique<CrashWritableFile>(*this, std::move(node));
  return status;
}

IOStatus CrashFileSystem::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                             std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                             IODebugContext* context) {
  {
    Guard lock(mutex_);
    if (const NodePtr node = Find(path)) {
      *file = std::make_unique<CrashWritableFile>(*this, node);
      return Read();
    }
  }
  return NewWritableFile(path, options, file, context);
}

IOStatus CrashFileSystem::NewDirectory(const std::string& path, const IOOptions&,
                                       std::unique_ptr<::rocksdb::FSDirectory>* directory,
                                       IODebugContext*) {
  Guard lock(mutex_);
  *directory = std::make_unique<CrashDirectory>(*this, Clean(path));
  return Read();
}

IOStatus CrashFileSystem::FileExists(const std::string& path, const IOOptions&, IODebugContext*) {
  Guard lock(mutex_);
  IOStatus status = Read();
  if (!status.ok()) return status;
  return Find(path) != nullptr || folders_.contains(Clean(path)) ? status : NotFound(path);
}

IOStatus CrashFileSystem::GetChildren(const std::string& path, const IOOptions&,
                                      std::vector<std::string>* children, IODebugContext*) {
  Guard lock(mutex_);
  children->clear();
  for (const auto& [name, node] : names_) {
    if (FolderOf(name) == Clean(path)) children->push_back(name.substr(name.rfind('/') + 1));
  }
  return Read();
}

IOStatus CrashFileSystem::DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) {
  Guard lock(mutex_);
  IOStatus status = Change();
  if (!status.ok()) return status;
  if (names_.erase(path) == 0) return NotFound(path);
  NamesChanged();
  return status;
}

IOStatus CrashFileSystem::CreateDir(const std::string& path, const IOOptions&, IODebugContext*) {
  Guard lock(mutex_);
  folders_.insert(Clean(path));
  return Read();
}

IOStatus CrashFileSystem::CreateDirIfMissing(const std::string& path, const IOOptions& options,
                                             IODebugContext* context) {
  return CreateDir(path, options, context);
}

IOStatus CrashFileSystem::DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) {
  Guard lock(mutex_);
  folders_.erase(Clean(path));
  return Read();
}

IOStatus CrashFileSystem::GetFileSize(const std::string& path, const IOOptions&, uint64_t* size,
                                      IODebugContext*) {
  Guard lock(mutex_);
  const NodePtr node = Find(path);
  if (node == nullptr) return NotFound(path);
  *size = node->data.size();
  return Read();
}

IOStatus CrashFileSystem::GetFileModificationTime(const std::string&, const IOOptions&,
                                                  uint64_t* time, IODebugContext*) {
  *time = 0;
  return IOStatus::OK();
}

IOStatus CrashFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions&, IODebugContext*) {
  Guard lock(mutex_);
  IOStatus status = Change();
  if (!status.ok()) return status;
  NodePtr node = Find(from);
  if (node == nullptr) return NotFound(from);
  names_.erase(from);
  names_[to] = std::move(node);
  NamesChanged();
  return status;
}

IOStatus CrashFileSystem::LockFile(const std::string&, const IOOptions&,
                                   ::rocksdb::FileLock** file_lock, IODebugContext*) {
  *file_lock = std::make_unique<Lock>().release();
  return IOStatus::OK();
}

IOStatus CrashFileSystem::UnlockFile(::rocksdb::FileLock* file_lock, const IOOptions&,
                                     IODebugContext*) {
  const std::unique_ptr<Lock> owned(static_cast<Lock*>(file_lock));
  return IOStatus::OK();
}

IOStatus CrashFileSystem::GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) {
  *path = "/test";
  return IOStatus::OK();
}

IOStatus CrashFileSystem::GetAbsolutePath(const std::string& path, const IOOptions&,
                                          std::string* absolute, IODebugContext*) {
  *absolute = path;
  return IOStatus::OK();
}

IOStatus CrashFileSystem::GetFreeSpace(const std::string&, const IOOptions&, uint64_t* free_bytes,
                                       IODebugContext*) {
  Guard lock(mutex_);
  *free_bytes = capacity_ - std::min(capacity_, UsedBytes());
  return Read();
}

IOStatus CrashFileSystem::IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                                      IODebugContext*) {
  Guard lock(mutex_);
  *is_directory = folders_.contains(Clean(path));
  return IOStatus::OK();
}

}  // namespace tarn::kv
