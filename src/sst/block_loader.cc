#include "sst/block_loader.h"

#include <algorithm>

#include "base/sync.h"

namespace tarn::sst {
namespace {

constexpr size_t kWindowBytesMin = 16 << 10;
constexpr size_t kWindowBytesMax = 256 << 10;

CacheKey KeyOf(const OpenTable& table, uint64_t offset) {
  return {CacheKind::kBlock, {table.number(), offset}};
}

}  // namespace

Result<std::unique_ptr<block::ObjectReader>> ReaderPool::Open(const TableName& name) {
  return Open(name, block::ByteRange::Last(kTailBytes));
}

Result<std::unique_ptr<block::ObjectReader>> ReaderPool::Open(const TableName& name,
                                                              const block::ByteRange& first) {
  return objects_.Open({name.storage_namespace, name.address, AddressType::kRelative}, first);
}

Result<std::unique_ptr<block::ObjectReader>> ReaderPool::Take(const OpenTable& table,
                                                              const block::ByteRange& range) {
  {
    const MutexLock lock(mutex_);
    const auto found = by_table_.find(table.number());
    if (found != by_table_.end()) {
      auto reader = std::move(found->second->reader);
      idle_.erase(found->second);
      by_table_.erase(found);
      return reader;
    }
  }
  return Open(table.name(), range);
}

void ReaderPool::Return(const OpenTable& table, std::unique_ptr<block::ObjectReader> reader) {
  std::list<Idle> dropped;  // Closed after the lock.
  const MutexLock lock(mutex_);
  idle_.push_front({table.number(), std::move(reader)});
  by_table_.emplace(table.number(), idle_.begin());
  if (idle_.size() <= idle_max_) return;
  const auto last = std::prev(idle_.end());
  const auto [begin, end] = by_table_.equal_range(last->table_number);
  by_table_.erase(std::find_if(begin, end, [&](const auto& item) { return item.second == last; }));
  dropped.splice(dropped.begin(), idle_, last);
}

std::shared_ptr<const Block> BlockLoader::Cached(const OpenTable& table, BlockHandle handle) {
  return std::static_pointer_cast<const Block>(cache_.Get(KeyOf(table, handle.offset)));
}

void BlockLoader::Cache(const OpenTable& table, const std::shared_ptr<const Block>& block) {
  cache_.Put(KeyOf(table, block->offset()), block, block->memory_bytes());
}

Status BlockLoader::Read(const OpenTable& table, uint64_t offset, std::span<char> out) {
  if (copies_ != nullptr) {
    TARN_TRY_ASSIGN(const auto copy, copies_->Take(table, out.size()));
    if (copy != nullptr) {
      Status status = ReadExactly(*copy, table.file(), offset, out);
      if (status.ok() || status.code() == Code::kWouldBlock) return status;
      copies_->Drop(table.name());
    }
  }
  const block::ByteRange range{static_cast<int64_t>(offset), static_cast<int64_t>(out.size())};
  TARN_TRY_ASSIGN(auto reader, readers_.Take(table, range));
  Status status = ReadExactly(*reader, table.file(), offset, out);
  // A reader that failed is not worth keeping, unless it only could not answer at once.
  if (status.ok() || status.code() == Code::kWouldBlock) {
    readers_.Return(table, std::move(reader));
  }
  return status;
}

Result<std::shared_ptr<const Block>> BlockLoader::Data(const OpenTable& table, BlockHandle handle) {
  if (auto cached = Cached(table, handle)) return cached;
  std::string stored(handle.size + kBlockTrailerBytes, '\0');
  auto block = Checked(table, [&]() -> Result<std::shared_ptr<const Block>> {
    TARN_TRY(Read(table, handle.offset, stored));
    return Block::Make(stored, table.file(), handle.offset);
  });
  if (block.ok()) Cache(table, *block);
  return block;
}

Result<const IndexBlock*> BlockLoader::Partition(const OpenTable& table, size_t i) {
  if (const IndexBlock* index = table.partition(i)) return index;
  const BlockHandle handle = table.partition_handle(i);
  std::string stored(handle.size + kBlockTrailerBytes, '\0');
  auto index = Checked(table, [&]() -> Result<std::unique_ptr<const IndexBlock>> {
    TARN_TRY(Read(table, handle.offset, stored));
    return IndexBlock::Make(stored, table.file(), handle.offset, table.size_bytes());
  });
  TARN_TRY(index.status());
  return table.SetPartition(i, *std::move(index));
}

Status IndexCursor::EnterPartition(size_t i) {
  index_ = nullptr;
  partition_ = i;
  entry_ = 0;
  if (i >= table_->partition_count()) return Status();
  TARN_TRY_ASSIGN(index_, loader_->Partition(*table_, i));
  return Status();
}

Status IndexCursor::Land() {
  while (index_ != nullptr && entry_ >= index_->size()) TARN_TRY(EnterPartition(partition_ + 1));
  return Status();
}

Status IndexCursor::Seek(std::string_view target) {
  TARN_TRY(EnterPartition(table_->FindPartition(target)));
  if (index_ != nullptr) entry_ = index_->Find(target);
  return Land();
}

Status IndexCursor::Next() {
  ++entry_;
  return Land();
}

Result<std::string_view> ReadAhead::Read(BlockHandle handle, Block* block) {
  return loader_.Checked(table_, [&]() -> Result<std::string_view> {
    TARN_TRY_ASSIGN(const auto stored, Stored(handle));
    Status unpacked = block->Assign(stored, table_.file(), handle.offset);
    if (unpacked.ok()) return stored;
    start_ = end_ = 0;  // The same bytes again would be of no use.
    return unpacked;
  });
}

Result<std::string_view> ReadAhead::Stored(BlockHandle handle) {
  const size_t size = handle.size + kBlockTrailerBytes;
  if (handle.offset < start_ || handle.end() > end_) {
    const bool in_order = handle.offset >= start_ && handle.offset <= end_ && end_ > 0;
    window_ = in_order ? std::clamp(2 * window_, kWindowBytesMin, kWindowBytesMax) : 0;
    const size_t length =
        std::min<uint64_t>(std::max(window_, size), table_.size_bytes() - handle.offset);
    start_ = end_ = 0;
    if (capacity_ < length) {
      buffer_ = std::make_unique_for_overwrite<char[]>(length);
      capacity_ = length;
    }
    TARN_TRY(loader_.Read(table_, handle.offset, {buffer_.get(), length}));
    start_ = handle.offset;
    end_ = handle.offset + length;
  }
  return std::string_view(buffer_.get() + (handle.offset - start_), size);
}

}  // namespace tarn::sst
