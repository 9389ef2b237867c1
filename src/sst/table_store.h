// Reads sorted tables from the object store through one shared cache with a byte limit, and where
// reads are requests through copies on local disk.
//
// Tables are immutable and named by content, so cached parts never go stale. A look-up reads only
// the blocks it needs; checksums are verified when a block is first read. Level 4; TableStore is
// thread-safe, iterators are not. On threads that must not wait, anything not cached is
// kWouldBlock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "block/object_store.h"
#include "codec/value.h"
#include "iter/sorted_iterator.h"
#include "sst/table_writer.h"

namespace tarn::sst {

class DiskCache;
class OpenTable;  // footer, properties and index of one table; shared by cache and readers
class Block;      // one decoded data block; shared by cache and readers

/// A value found by a look-up; keeps the block it lies in alive.
class PinnedValue {
 public:
  PinnedValue(std::shared_ptr<const Block> block, ValueView value)
      : block_(std::move(block)), value_(value) {}
  const ValueView& view() const { return value_; }

 private:
  std::shared_ptr<const Block> block_;  // shared with the cache, which may drop it at any time
  ValueView value_;
};

/// Iterates one table. Also tells block borders to TableWriter::CopyFrom.
class TableIterator : public AnyIterator<ValueView> {};

struct TableStoreOptions {
  std::string block_storage_prefix = "_lakefs";
  size_t cache_bytes = 64 << 20;
  /// Keeps copies of tables on local disk, for stores where reads are requests; outlives the store
  /// of tables. Null: none.
  DiskCache* disk_cache = nullptr;
};

class TableStore {
 public:
  TableStore(block::ObjectStore& objects, TableStoreOptions options);
  ~TableStore();

  /// Stores a finished table under its id, durable; one that is already there is only made durable.
  Status Write(const StorageNamespace& storage_namespace, const Table& table);
  /// The value of exactly `key`, or nothing. kDataNotFound if there is no such table; kCorrupt
  /// names file and offset.
  Result<std::optional<PinnedValue>> Get(const StorageNamespace& storage_namespace,
                                         std::string_view id, std::string_view key);
  /// The first record with a key >= `key` (metaranges: the range that may hold it).
  Result<std::optional<std::pair<std::string, PinnedValue>>> LowerBound(
      const StorageNamespace& storage_namespace, std::string_view id, std::string_view key);
  Result<std::unique_ptr<TableIterator>> Iterate(const StorageNamespace& storage_namespace,
                                                 std::string_view id);
  /// User and table properties, as stored.
  Result<std::map<std::string, std::string>> Properties(const StorageNamespace& storage_namespace,
                                                        std::string_view id);
  /// Address of a table's object, relative to the namespace ("_lakefs/<id>").
  std::string AddressOf(std::string_view id) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::sst
