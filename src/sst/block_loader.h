// Reads blocks of tables: through the cache, or ahead for scans. Level 4; BlockLoader is
// thread-safe, ReadAhead is not.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "base/sync.h"
#include "block/object_store.h"
#include "sst/lru_cache.h"
#include "sst/open_table.h"
#include "sst/table_copies.h"

namespace tarn::sst {

/// Object readers that nobody uses at the moment, kept because opening costs more than reading a
/// block. Thread-safe.
class ReaderPool {
 public:
  ReaderPool(block::ObjectStore& objects, size_t idle_max)
      : objects_(objects), idle_max_(idle_max) {}

  /// An idle reader of `table`, or a new one, to read a range. The caller alone uses it.
  Result<std::unique_ptr<block::ObjectReader>> Take(const OpenTable& table,
                                                    const block::ByteRange& range);
  /// Opens an object that is not known as a table yet, to read its end.
  Result<std::unique_ptr<block::ObjectReader>> Open(const TableName& name);
  void Return(const OpenTable& table, std::unique_ptr<block::ObjectReader> reader);

 private:
  struct Idle {
    uint64_t table_number = 0;
    std::unique_ptr<block::ObjectReader> reader;
  };
  Result<std::unique_ptr<block::ObjectReader>> Open(const TableName& name,
                                                    const block::ByteRange& first);

  block::ObjectStore& objects_;
  const size_t idle_max_;
  Mutex mutex_;
  std::list<Idle> idle_ TARN_GUARDED_BY(mutex_);  // Most recently returned first.
  std::unordered_multimap<uint64_t, std::list<Idle>::iterator> by_table_ TARN_GUARDED_BY(mutex_);
};

class BlockLoader {
 public:
  /// `copies` may be null.
  BlockLoader(ReaderPool& readers, LruCache& cache, TableCopies* copies)
      : readers_(readers), cache_(cache), copies_(copies) {}

  /// A data block, from the cache or read alone and then cached. kCorrupt, kWouldBlock, kIo.
  Result<std::shared_ptr<const Block>> Data(const OpenTable& table, BlockHandle handle);
  /// A data block from the cache, or null.
  std::shared_ptr<const Block> Cached(const OpenTable& table, BlockHandle handle);
  void Cache(const OpenTable& table, const std::shared_ptr<const Block>& block);
  /// An index partition; borrowed from the table.
  Result<const IndexBlock*> Partition(const OpenTable& table, size_t i);
  /// Fills `out` from the table's file; kCorrupt if it ends before. What a disk has spoiled since
  /// is for the caller to find (Checked).
  Status Read(const OpenTable& table, uint64_t offset, std::span<char> out);
  /// Runs `read`, which reads a part of the table and checks it; once more without the copy on
  /// local disk if that part is corrupt.
  template <class Function>
  auto Checked(const OpenTable& table, Function read) -> decltype(read()) {
    auto checked = read();
    if (checked.code() != Code::kCorrupt || copies_ == nullptr) return checked;
    copies_->Drop(table.name());
    return read();
  }

 private:
  ReaderPool& readers_;
  LruCache& cache_;
  TableCopies* const copies_;
};

/// Position in the index of a table: one data block. Not valid before the first seek. Copies move
/// on their own.
class IndexCursor {
 public:
  IndexCursor(const OpenTable& table, BlockLoader& loader) : table_(&table), loader_(&loader) {}

  bool valid() const { return index_ != nullptr && entry_ < index_->size(); }
  /// Both require valid().
  BlockHandle handle() const { return index_->handle(entry_); }
  /// Internal key: no key of the block is greater, none of the next one is as small.
  std::string_view separator() const { return index_->separator(entry_); }

  /// To the first block that may hold a key >= `target`.
  Status Seek(std::string_view target);
  Status Next();

 private:
  Status EnterPartition(size_t i);
  /// Goes on to the next partition from the end of this one.
  Status Land();

  const OpenTable* table_;
  BlockLoader* loader_;
  size_t partition_ = 0;
  const IndexBlock* index_ = nullptr;  // Of table_; null at the end.
  size_t entry_ = 0;
};

/// Reads stored blocks in order with few large reads; windows double from one block upwards, so
/// that a short scan reads little.
class ReadAhead {
 public:
  ReadAhead(const OpenTable& table, BlockLoader& loader) : table_(table), loader_(loader) {}
  /// Unpacks a block; the result is as it is stored, with its trailer, borrowed until the next
  /// call. kCorrupt.
  Result<std::string_view> Read(BlockHandle handle, Block* block);
  /// The stored block with its trailer, unchecked; borrowed until the next call.
  Result<std::string_view> Stored(BlockHandle handle);

 private:
  const OpenTable& table_;
  BlockLoader& loader_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  uint64_t start_ = 0, end_ = 0;  // Offsets in the file of the bytes held.
  size_t window_ = 0;
};

}  // namespace tarn::sst
