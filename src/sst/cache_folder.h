// The files of a DiskCache of one kind: a directory under one byte limit.
//
// A file is STEM.NUMBER, or STEM.NUMBER.new as long as it need not survive a crash. No two files of
// a directory ever have the same number, so that one can be removed while another of the same table
// comes. Level 4, private to sst; thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "sst/disk_cache.h"
#include "sst/lru_cache.h"

namespace tarn::sst {

/// Outlive the folder.
struct CacheTools {
  block::FileLayer& files;
  Clock& clock;
  DiskCacheSink& sink;
};

class CacheFolder {
 public:
  /// `path` is absolute and clean.
  CacheFolder(TableType type, std::string path, uint64_t bytes_max, CacheTools tools);
  ~CacheFolder();

  // As DiskCache's. A stem is what DiskCache makes of the name of a table.
  Result<std::unique_ptr<block::ObjectReader>> Open(const std::string& stem);
  bool Wants(uint64_t bytes) const;
  std::unique_ptr<CopyWriter> Create(const std::string& stem, uint64_t bytes);
  void Drop(const std::string& stem);
  void Settle();

 private:
  class File;
  class Writer;
  using Directory = std::shared_ptr<const block::FileHandle>;  // With those who use it meanwhile.

  /// Null while it cannot be used.
  Directory directory();
  Directory MakeDirectory();
  void TakeOver(const Directory& directory);
  int CreateFile(const std::string& name);
  void Insert(const std::string& stem, std::shared_ptr<const File> file);
  bool SettleOne(const Directory& directory, const File& file);
  void Removed(const File& file);
  void Unlink(const std::string& name);
  /// Notes a failure to write: nothing is written for a while.
  void Broke(const std::string& why);

  const TableType type_;
  const std::string path_;
  const uint64_t bytes_max_;
  const CacheTools tools_;
  std::atomic<uint64_t> next_number_ = 1;
  std::atomic<int64_t> broken_until_ms_ = INT64_MIN;
  bool closing_ = false;  // Set by the destructor, when nobody else is left.
  Mutex mutex_;
  Directory directory_ TARN_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<const File>> fresh_ TARN_GUARDED_BY(mutex_);  // Not settled.
  LruCache files_;  // Its values are Files, which remove themselves from the disk.
};

}  // namespace tarn::sst
