// What is kept of a table while it is in use: where its blocks are, its properties, and the index
// blocks that were needed so far. Data blocks are elsewhere (block_loader.h).
//
// Level 4; thread-safe: immutable but for index blocks, which are loaded once and then stay.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "block/object_store.h"
#include "sst/block.h"
#include "sst/format.h"
#include "sst/index_block.h"
#include "sst/table_writer.h"

namespace tarn::sst {

/// Names the object of a table.
struct TableName {
  std::string storage_namespace;
  std::string id;
  std::string address;  ///< Relative to the namespace.
  /// For error messages.
  std::string ToString() const { return storage_namespace + "/" + address; }
};

/// Fills `out` from `reader`; kCorrupt if the object ends before.
Status ReadExactly(block::ObjectReader& reader, const std::string& file, uint64_t offset,
                   std::span<char> out);

/// What is read of a table first: so much of its end. All that is kept of most tables lies there.
inline constexpr size_t kTailBytes = 8192;

class TailReader;

class OpenTable {
 public:
  /// Reads the last `tail_bytes`, footer, properties and the top of the index; keeps what else of
  /// the index lies in the tail. kCorrupt, or what the reader says.
  static Result<std::shared_ptr<const OpenTable>> Open(TableName name, block::ObjectReader& reader,
                                                       size_t tail_bytes = kTailBytes);
  ~OpenTable();

  const TableName& name() const { return name_; }
  /// For error messages.
  const std::string& file() const { return file_; }
  uint64_t size_bytes() const { return size_; }
  /// Differs from that of every other OpenTable of the process.
  uint64_t number() const { return number_; }
  /// Bytes of memory, about, with all index blocks loaded.
  size_t memory_bytes() const;
  Result<std::map<std::string, std::string>> Properties() const;
  TableType type() const { return type_; }
  /// True if the table says that it was written by the rules of this format's writers, so that
  /// its blocks are what TableWriter would make of the same records.
  bool HasCommonFormat() const { return has_common_format_; }

  /// The index is cut into partitions; a single index is one partition.
  size_t partition_count() const { return partitions_.size(); }
  BlockHandle partition_handle(size_t i) const;
  /// The first partition that may hold a key >= `target`; partition_count() if none.
  size_t FindPartition(std::string_view target) const;
  /// Null if not loaded yet. Borrowed from the table.
  const IndexBlock* partition(size_t i) const {
    return partitions_[i].load(std::memory_order_acquire);
  }
  /// Keeps a loaded partition; returns the one to use, which may be that of another thread.
  const IndexBlock* SetPartition(size_t i, std::unique_ptr<const IndexBlock> block) const;

  /// Sums up what reads of the table have cost, in the unit of who asks; the new sum.
  uint64_t AddCost(uint64_t cost) const { return cost_ += cost; }

 private:
  OpenTable(TableName name, uint64_t size);
  Status ReadProperties(BlockHandle metaindex, TailReader& tail);
  Status ReadIndex(BlockHandle index, TailReader& tail);
  Status KeepPartitions(const TailReader& tail);

  const TableName name_;
  const std::string file_;
  const uint64_t size_;
  const uint64_t number_;
  Block properties_;
  TableType type_ = TableType::kRange;
  bool has_properties_ = false;
  bool has_common_format_ = false;
  bool two_level_ = false;
  BlockHandle index_handle_;
  std::unique_ptr<const IndexBlock> top_;                           // Null in a single index.
  mutable std::vector<std::atomic<const IndexBlock*>> partitions_;  // Owned; null until loaded.
  mutable std::atomic<uint64_t> cost_ = 0;
};

}  // namespace tarn::sst
