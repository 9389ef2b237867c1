// A file system in memory under RocksDB that forgets at a crash what was not synced. Level 3, tests
// only; thread-safe.
//
// Stricter than a real disk in what it may lose: bytes written after a file's last sync, and names
// made, renamed or removed since their folder's last sync. How much of that is lost is drawn from
// the seed: all of it, or any suffix, and what survives of unsynced bytes may be garbled. After the
// crash every call fails until Restart. It can also run full, and fail single syncs.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tarn::kv {

class CrashFileSystem : public ::rocksdb::FileSystem {
 public:
  explicit CrashFileSystem(uint64_t seed) : random_(seed) {}
  const char* Name() const override { return "CrashFileSystem"; }

  /// Power goes out at the `changes`-th write, sync, creation, renaming or removal from now.
  void CrashAfter(int64_t changes);
  bool crashed() const;
  /// Power comes back: what survived is all there is. All files must be closed.
  void Restart();
  /// Bytes that all files together may hold; more is "no space". A quota is a capacity that the
  /// free space does not tell of.
  void SetCapacity(uint64_t bytes);
  void SetQuota(uint64_t bytes);
  uint64_t used_bytes() const;
  /// The next sync of a file whose name ends so fails with an I/O error.
  void FailNextSync(std::string suffix);
  uint64_t changes() const;

  ::rocksdb::IOStatus NewSequentialFile(const std::string&, const ::rocksdb::FileOptions&,
                                        std::unique_ptr<::rocksdb::FSSequentialFile>*,
                                        ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus NewRandomAccessFile(const std::string&, const ::rocksdb::FileOptions&,
                                          std::unique_ptr<::rocksdb::FSRandomAccessFile>*,
                                          ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus NewWritableFile(const std::string&, const ::rocksdb::FileOptions&,
                                      std::unique_ptr<::rocksdb::FSWritableFile>*,
                                      ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus ReopenWritableFile(const std::string&, const ::rocksdb::FileOptions&,
                                         std::unique_ptr<::rocksdb::FSWritableFile>*,
                                         ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus NewDirectory(const std::string&, const ::rocksdb::IOOptions&,
                                   std::unique_ptr<::rocksdb::FSDirectory>*,
                                   ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus FileExists(const std::string&, const ::rocksdb::IOOptions&,
                                 ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus GetChildren(const std::string&, const ::rocksdb::IOOptions&,
                                  std::vector<std::string>*, ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus DeleteFile(const std::string&, const ::rocksdb::IOOptions&,
                                 ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus CreateDir(const std::string&, const ::rocksdb::IOOptions&,
                                ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus CreateDirIfMissing(const std::string&, const ::rocksdb::IOOptions&,
                                         ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus DeleteDir(const std::string&, const ::rocksdb::IOOptions&,
                                ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus GetFileSize(const std::string&, const ::rocksdb::IOOptions&, uint64_t*,
                                  ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus GetFileModificationTime(const std::string&, const ::rocksdb::IOOptions&,
                                              uint64_t*, ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus RenameFile(const std::string&, const std::string&,
                                 const ::rocksdb::IOOptions&, ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus LockFile(const std::string&, const ::rocksdb::IOOptions&,
                               ::rocksdb::FileLock**, ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus UnlockFile(::rocksdb::FileLock*, const ::rocksdb::IOOptions&,
                                 ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus GetTestDirectory(const ::rocksdb::IOOptions&, std::string*,
                                       ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus GetAbsolutePath(const std::string&, const ::rocksdb::IOOptions&, std::string*,
                                      ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus GetFreeSpace(const std::string&, const ::rocksdb::IOOptions&, uint64_t*,
                                   ::rocksdb::IODebugContext*) override;
  ::rocksdb::IOStatus IsDirectory(const std::string&, const ::rocksdb::IOOptions&, bool*,
                                  ::rocksdb::IODebugContext*) override;

 private:
  friend class CrashWritableFile;
  friend class CrashReadableFile;
  friend class CrashDirectory;

  struct Node {
    std::string name;  ///< Of its creation, for faults by name.
    std::string data;
    size_t synced = 0;  ///< Bytes that a crash cannot take.
  };
  using NodePtr = std::shared_ptr<Node>;  // Shared by names, open files and the durable state.
  using Names = std::map<std::string, NodePtr>;

  /// Counts a change and refuses it once power is out. Mutex held.
  ::rocksdb::IOStatus Change();
  ::rocksdb::IOStatus Read() const;
  NodePtr Find(const std::string& path) const;
  uint64_t UsedBytes() const;
  /// Records how names looked after a change that no folder sync covers yet.
  void NamesChanged() { history_.push_back(names_); }
  void SyncFolder(const std::string& folder);

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  Names names_, durable_names_;  ///< By full path: now, and after the last folder syncs.
  std::vector<Names> history_;   ///< names_ after each change since.
  std::set<std::string> folders_;
  int64_t changes_left_ = -1;  ///< Negative: no crash is planned.
  uint64_t changes_ = 0;
  uint64_t capacity_ = UINT64_MAX, quota_ = UINT64_MAX;
  std::string fail_sync_;
  bool crashed_ = false;
};

}  // namespace tarn::kv
