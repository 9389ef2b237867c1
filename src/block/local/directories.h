// The directories that objects are created in: opened once, made durable once, synced in groups.
//
// A directory is usable when it and every directory above it up to the root are durable names. Up
// to kOpenDirectoriesMax stay open; data/<partition>/ of the moment is nearly always among them.
// Level 3; thread-safe.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/parker.h"
#include "base/sync.h"
#include "block/local/file_layer.h"

namespace tarn::block {

/// An open directory. Shared by the writers in it and the cache, which may drop it at any time.
class Directory {
 public:
  Directory(FileLayer& layer, FileHandle handle);
  int file() const { return handle_.get(); }
  uint64_t device() const { return device_; }  ///< The file system it is on.

  /// Makes all names that were put into the directory before the call durable. One fsync serves
  /// everyone who waits. 0 or -errno.
  int Sync();

 private:
  /// Who waits for an fsync, on the stack of the thread. One of those who came during an fsync does
  /// the next, for all of them.
  struct Waiter {
    Parker parker;
    bool leads = false;
    int error = 0;
  };
  FileLayer& layer_;
  FileHandle handle_;
  uint64_t device_ = 0;
  Mutex mutex_;
  bool busy_ TARN_GUARDED_BY(mutex_) = false;
  std::vector<Waiter*> waiting_ TARN_GUARDED_BY(mutex_);
};

class Directories {
 public:
  static constexpr size_t kOpenDirectoriesMax = 256;

  /// `root` is open and durable.
  Directories(FileLayer& layer, std::shared_ptr<Directory> root)
      : layer_(layer), root_(std::move(root)) {}

  struct Opened {
    std::shared_ptr<Directory> directory;  ///< Null on failure.
    int error = 0;                         ///< -errno.
  };
  /// Opens a directory below the root ("" is the root), making what is missing.
  Opened Open(std::string_view path);
  /// Drops a directory that turned out to be removed, and those above it.
  void Forget(std::string_view path);

 private:
  using Order = std::list<std::string>;  // most recently used first
  struct Slot {
    std::shared_ptr<Directory> directory;
    Order::iterator place;
  };
  Opened OpenLocked(const std::string& path) TARN_REQUIRES(mutex_);

  FileLayer& layer_;
  const std::shared_ptr<Directory> root_;
  Mutex mutex_;  // held while directories are made, which is rare
  Order order_ TARN_GUARDED_BY(mutex_);
  /// Keys borrow from order_.
  std::unordered_map<std::string_view, Slot> slots_ TARN_GUARDED_BY(mutex_);
};

}  // namespace tarn::block
