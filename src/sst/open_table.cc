#include "sst/open_table.h"

#include <algorithm>

#include "codec/fixed.h"

namespace tarn::sst {
namespace {

std::atomic<uint64_t> next_number{1};

}  // namespace

Status ReadExactly(block::ObjectReader& reader, const std::string& file, uint64_t offset,
                   std::span<char> out) {
  TARN_TRY_ASSIGN(const size_t got, reader.ReadAt(static_cast<int64_t>(offset), out));
  if (got != out.size()) return CorruptTable(file, offset + got, "file ends too early");
  return Status();
}

/// Answers reads near the end of a file from bytes read once.
class TailReader {
 public:
  TailReader(block::ObjectReader& reader, const OpenTable& table)
      : reader_(reader), table_(table) {}

  Status Load(size_t bytes) {
    const size_t size = std::min<uint64_t>(bytes, table_.size_bytes());
    tail_.resize(size);
    return ReadExactly(reader_, table_.file(), table_.size_bytes() - size, tail_);
  }
  std::string_view tail() const { return tail_; }

  /// The stored block at `handle`, which lies within the table, if it is in the tail.
  std::optional<std::string_view> AtHand(BlockHandle handle) const {
    const uint64_t tail_start = table_.size_bytes() - tail_.size();
    if (handle.offset < tail_start) return std::nullopt;
    return tail().substr(handle.offset - tail_start, handle.size + kBlockTrailerBytes);
  }

  /// The stored block at `handle`; borrowed until the next call.
  Result<std::string_view> Stored(BlockHandle handle) {
    if (!IsWithin(handle, table_.size_bytes())) {
      return CorruptTable(table_.file(), handle.offset, "block outside of the file");
    }
    if (const auto stored = AtHand(handle)) return *stored;
    elsewhere_.resize(handle.size + kBlockTrailerBytes);
    TARN_TRY(ReadExactly(reader_, table_.file(), handle.offset, elsewhere_));
    return std::string_view(elsewhere_);
  }
  Status ReadBlock(BlockHandle handle, Block* block) {
    TARN_TRY_ASSIGN(const auto stored, Stored(handle));
    return block->Assign(stored, table_.file(), handle.offset);
  }

 private:
  block::ObjectReader& reader_;
  const OpenTable& table_;
  std::string tail_;
  std::string elsewhere_;
};

OpenTable::OpenTable(TableName name, uint64_t size)
    : name_(std::move(name)), file_(name_.ToString()), size_(size), number_(next_number++) {}

OpenTable::~OpenTable() {
  for (const auto& partition : partitions_) delete partition.load();
}

Result<std::shared_ptr<const OpenTable>> OpenTable::Open(TableName name,
                                                         block::ObjectReader& reader,
                                                         size_t tail_bytes) {
  const auto size = static_cast<uint64_t>(std::max<int64_t>(reader.properties().size, 0));
  std::shared_ptr<OpenTable> table(new OpenTable(std::move(name), size));
  TailReader tail(reader, *table);
  TARN_TRY(tail.Load(tail_bytes));
  std::string why;
  const auto footer = ParseFooter(tail.tail(), &why);
  if (!footer) {
    return CorruptTable(table->file_, size - std::min<uint64_t>(size, kFooterBytes), why);
  }
  TARN_TRY(table->ReadProperties(footer->metaindex, tail));
  TARN_TRY(table->ReadIndex(footer->index, tail));
  return std::shared_ptr<const OpenTable>(std::move(table));
}

Status OpenTable::ReadProperties(BlockHandle metaindex_handle, TailReader& tail) {
  Block metaindex;
  TARN_TRY(tail.ReadBlock(metaindex_handle, &metaindex));
  BlockCursor entry(&metaindex, 0);
  entry.Seek(kPropertiesEntry);
  if (entry.damaged()) return CorruptTable(file_, metaindex_handle.offset, "malformed metaindex");
  if (!entry.valid() || entry.key() != kPropertiesEntry) return Status();  // LevelDB has none.
  std::string_view value = entry.value();
  const auto handle = ConsumeHandle(&value);
  if (!handle) return CorruptTable(file_, metaindex_handle.offset, "malformed handle");
  TARN_TRY(tail.ReadBlock(*handle, &properties_));
  has_properties_ = true;

  BlockCursor property(&properties_, 0);
  property.Seek("rocksdb.block.based.table.index.type");
  if (property.valid() && property.value().size() == 4) {
    const auto type = LoadLe<uint32_t>(property.value().data());
    if (type != kSingleIndex && type != kTwoLevelIndex) {
      return CorruptTable(file_, handle->offset, "unsupported index type " + std::to_string(type));
    }
    two_level_ = type == kTwoLevelIndex;
  }
  auto fixed = kFixedProperties.begin();
  for (property.SeekToFirst(); property.valid(); property.Next()) {
    if (property.key() == kTypeProperty && property.value() == TypeName(TableType::kMetarange)) {
      type_ = TableType::kMetarange;
    }
    if (fixed != kFixedProperties.end() && property.key() == fixed->name &&
        property.value() == fixed->value) {
      ++fixed;  // Both lists ascend.
    }
  }
  if (property.damaged()) return CorruptTable(file_, handle->offset, "malformed properties");
  has_common_format_ = fixed == kFixedProperties.end();
  return Status();
}

Status OpenTable::ReadIndex(BlockHandle handle, TailReader& tail) {
  index_handle_ = handle;
  TARN_TRY_ASSIGN(const auto stored, tail.Stored(handle));
  TARN_TRY_ASSIGN(auto index, IndexBlock::Make(stored, file_, handle.offset, size_));
  if (two_level_) {
    partitions_ = std::vector<std::atomic<const IndexBlock*>>(index->size());
    top_ = std::move(index);
    TARN_TRY(KeepPartitions(tail));
  } else {
    partitions_ = std::vector<std::atomic<const IndexBlock*>>(1);
    partitions_[0] = index.release();
  }
  return Status();
}

Status OpenTable::KeepPartitions(const TailReader& tail) {
  for (size_t i = 0; i < top_->size(); ++i) {
    const BlockHandle handle = top_->handle(i);
    const auto stored = tail.AtHand(handle);
    if (!stored) continue;
    TARN_TRY_ASSIGN(auto partition, IndexBlock::Make(*stored, file_, handle.offset, size_));
    SetPartition(i, std::move(partition));
  }
  return {};
}

BlockHandle OpenTable::partition_handle(size_t i) const {
  return two_level_ ? top_->handle(i) : index_handle_;
}

size_t OpenTable::memory_bytes() const {
  // Index blocks compress to about half, and are held raw and as arrays.
  constexpr size_t kMemoryPerStoredByte = 4;
  size_t stored = index_handle_.size;
  for (size_t i = 0; two_level_ && i < top_->size(); ++i) stored += top_->handle(i).size;
  return sizeof *this + properties_.memory_bytes() + 2 * file_.size() +
         kMemoryPerStoredByte * stored;
}

Result<std::map<std::string, std::string>> OpenTable::Properties() const {
  std::map<std::string, std::string> properties;
  if (!has_properties_) return properties;
  BlockCursor entry(&properties_, 0);
  for (entry.SeekToFirst(); entry.valid(); entry.Next()) {
    properties.emplace(entry.key(), entry.value());
  }
  return properties;  // Read to its end without damage when the table was opened.
}

size_t OpenTable::FindPartition(std::string_view target) const {
  return two_level_ ? top_->Find(target) : 0;
}

const IndexBlock* OpenTable::SetPartition(size_t i, std::unique_ptr<const IndexBlock> block) const {
  const IndexBlock* expected = nullptr;
  if (partitions_[i].compare_exchange_strong(expected, block.get(), std::memory_order_acq_rel)) {
    return block.release();
  }
  return expected;
}

}  // namespace tarn::sst
