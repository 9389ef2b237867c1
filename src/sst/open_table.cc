#include "sst/open_table.h"

#include <algorithm>

#include "codec/fixed.h"

namespace tarn::sst {
namespace {

// Read at once from the end of a file: footer, properties and, in any table but a huge one, the top
// of the index.
constexpr size_t kTailBytes = 8192;

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

  Status Load() {
    const size_t size = std::min<uint64_t>(kTailBytes, table_.size_bytes());
    tail_.resize(size);
    return ReadExactly(reader_, table_.file(), table_.size_bytes() - size, tail_);
  }
  std::string_view tail() const { return tail_; }

  Status ReadBlock(BlockHandle handle, Block* block) {
    if (!table_.Contains(handle)) {
      return CorruptTable(table_.file(), handle.offset, "block outside of the file");
    }
    const size_t size = handle.size + kBlockTrailerBytes;
    const uint64_t tail_start = table_.size_bytes() - tail_.size();
    if (handle.offset >= tail_start) {
      const std::string_view stored = tail().substr(handle.offset - tail_start, size);
      return block->Assign(stored, table_.file(), handle.offset);
    }
    std::string stored(size, '\0');
    TARN_TRY(ReadExactly(reader_, table_.file(), handle.offset, stored));
    return block->Assign(stored, table_.file(), handle.offset);
  }

 private:
  block::ObjectReader& reader_;
  const OpenTable& table_;
  std::string tail_;
};

OpenTable::OpenTable(TableName name, uint64_t size)
    : name_(std::move(name)), file_(name_.ToString()), size_(size), number_(next_number++) {}

OpenTable::~OpenTable() {
  for (const Partition& partition : partitions_) delete partition.block.load();
}

Result<std::shared_ptr<const OpenTable>> OpenTable::Open(TableName name,
                                                         block::ObjectReader& reader) {
  const auto size = static_cast<uint64_t>(std::max<int64_t>(reader.properties().size, 0));
  std::shared_ptr<OpenTable> table(new OpenTable(std::move(name), size));
  TailReader tail(reader, *table);
  TARN_TRY(tail.Load());
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
  BlockCursor entry(&metaindex);
  entry.Seek(kPropertiesEntry, 0);
  if (entry.damaged()) return CorruptTable(file_, metaindex_handle.offset, "malformed metaindex");
  if (!entry.valid() || entry.key() != kPropertiesEntry) return Status();  // LevelDB has none.
  std::string_view value = entry.value();
  const auto handle = ConsumeHandle(&value);
  if (!handle) return CorruptTable(file_, metaindex_handle.offset, "malformed handle");
  TARN_TRY(tail.ReadBlock(*handle, &properties_));
  has_properties_ = true;

  BlockCursor property(&properties_);
  property.Seek("rocksdb.block.based.table.index.type", 0);
  if (property.valid() && property.value().size() == 4) {
    const auto type = LoadLe<uint32_t>(property.value().data());
    if (type != kSingleIndex && type != kTwoLevelIndex) {
      return CorruptTable(file_, handle->offset, "unsupported index type " + std::to_string(type));
    }
    two_level_ = type == kTwoLevelIndex;
  }
  auto fixed = kFixedProperties.begin();
  for (property.SeekToFirst(); property.valid(); property.Next()) {
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
  auto top = std::make_unique<Block>();
  TARN_TRY(tail.ReadBlock(handle, top.get()));
  if (!two_level_) {
    partitions_.emplace_back(std::string(), handle);
    partitions_.back().block = top.release();
    return Status();
  }
  BlockCursor entry(top.get());
  for (entry.SeekToFirst(); entry.valid(); entry.Next()) {
    std::string_view value = entry.value();
    const auto partition = ConsumeHandle(&value);
    if (!partition || !Contains(*partition) || entry.key().size() < kKeyTrailerBytes) {
      return CorruptTable(file_, handle.offset, "malformed index entry");
    }
    partitions_.emplace_back(std::string(UserKey(entry.key())), *partition);
  }
  return entry.damaged() ? CorruptTable(file_, handle.offset, "malformed index") : Status();
}

size_t OpenTable::memory_bytes() const {
  size_t bytes = sizeof *this + properties_.memory_bytes() + 2 * file_.size();
  for (const Partition& partition : partitions_) {
    // Index blocks compress to about half.
    bytes += sizeof partition + 2 * partition.last_key.size() + 2 * partition.handle.size;
  }
  return bytes;
}

Result<std::map<std::string, std::string>> OpenTable::Properties() const {
  std::map<std::string, std::string> properties;
  if (!has_properties_) return properties;
  BlockCursor entry(&properties_);
  for (entry.SeekToFirst(); entry.valid(); entry.Next()) {
    properties.emplace(entry.key(), entry.value());
  }
  return properties;  // Read to its end without damage when the table was opened.
}

bool OpenTable::Contains(BlockHandle handle) const {
  return handle.size <= size_ && handle.offset <= size_ &&
         handle.offset + handle.size + kBlockTrailerBytes <= size_;
}

size_t OpenTable::FindPartition(std::string_view target) const {
  if (!two_level_) return 0;
  const auto found = std::lower_bound(
      partitions_.begin(), partitions_.end(), target,
      [](const Partition& partition, std::string_view key) { return partition.last_key < key; });
  return static_cast<size_t>(found - partitions_.begin());
}

const Block* OpenTable::SetPartition(size_t i, std::unique_ptr<const Block> block) const {
  const Block* expected = nullptr;
  if (partitions_[i].block.compare_exchange_strong(expected, block.get(),
                                                   std::memory_order_acq_rel)) {
    return block.release();
  }
  return expected;
}

}  // namespace tarn::sst
