// Copies of tables on local disk, for stores where each read is a request.
//
// Tables are immutable and named by content, so a copy never goes stale. It is used as soon as it
// is written, and gets its last name once it is durable (Settle): a server that starts takes over
// what has one and removes the rest, so that no crash leaves half a copy. What a disk has spoiled
// since is found by the checksums of blocks; whoever finds it calls Drop and reads from the store.
// A disk that is full or away only costs requests: it is left alone for a minute. Least used copies
// make room, ranges and metaranges each within their own limit. One server to a directory: several
// do no harm, but each counts its own files only. Level 4; thread-safe; waits unless stated.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "block/local/file_layer.h"
#include "block/object_io.h"
#include "sst/table_writer.h"

namespace tarn::sst {

class CacheFolder;
struct TableName;

enum class DiskFault : uint8_t { kRead, kWrite, kRemove };

/// Is told what becomes of copies, for metrics. Thread-safe; does not wait.
class DiskCacheSink {
 public:
  virtual ~DiskCacheSink() = default;
  /// A table was read: from its copy, or from the store.
  virtual void Looked(TableType type, bool found) = 0;
  /// A whole table came from the store.
  virtual void Fetched(TableType type, uint64_t bytes) = 0;
  virtual void Removed(TableType type, uint64_t bytes) = 0;
  virtual void Failed(TableType type, DiskFault fault) = 0;
};

struct DiskCacheOptions {
  /// Absolute. Made when it is missing; the copies lie in its subfolder "tarn".
  std::string directory;
  /// Of the files, in the blocks of 4 KiB that they take. 0: no copies.
  uint64_t range_bytes_max = 0, metarange_bytes_max = 0;
};

/// A copy that is being written. Destroyed before Finish it leaves nothing behind.
class CopyWriter {
 public:
  virtual ~CopyWriter() = default;
  /// Appends; false if the disk does not take it, and there will be no copy.
  virtual bool Write(std::span<const char> bytes) = 0;
  /// Lets others read it. Requires that all was written.
  virtual void Finish() = 0;
};

class DiskCache {
 public:
  /// Takes over what an earlier server left there. Layer, clock and sink outlive the cache.
  DiskCache(const DiskCacheOptions& options, block::FileLayer& files, Clock& clock,
            DiskCacheSink& sink);
  /// Settles; the copies stay.
  ~DiskCache();

  /// Opens the copy of a table; null if there is none. kWouldBlock where the disk would be needed.
  Result<std::unique_ptr<block::ObjectReader>> Open(const TableName& name);
  /// Whether a table of that size would be kept. Does not wait.
  bool Wants(TableType type, uint64_t bytes) const;
  /// Starts a copy; null if the disk does not take it.
  std::unique_ptr<CopyWriter> Create(const TableName& name, TableType type, uint64_t bytes);
  /// Removes the copy of a table, if there is one.
  void Drop(const TableName& name);
  /// Makes durable what was written since the last call: without it a crash takes that.
  void Settle();
  DiskCacheSink& sink() { return sink_; }

 private:
  CacheFolder& FolderOf(TableType type) const { return *folders_[static_cast<size_t>(type)]; }

  DiskCacheSink& sink_;
  std::array<std::unique_ptr<CacheFolder>, 2> folders_;  // By TableType.
};

}  // namespace tarn::sst
