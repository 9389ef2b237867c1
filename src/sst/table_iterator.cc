#include "sst/table_iterator.h"

namespace tarn::sst {
namespace {

// A listing page fits; blocks of a longer scan are not worth caching.
constexpr int kBlocksCachedPerScan = 64;

}  // namespace

Result<ValueView> ReadRecordValue(const BlockCursor& entry, const std::string& file,
                                  uint64_t block_offset) {
  const std::string_view key = entry.key();
  if (key.size() < kKeyTrailerBytes ||
      static_cast<unsigned char>(key[key.size() - kKeyTrailerBytes]) != kSetKind) {
    return CorruptTable(file, block_offset, "unexpected kind of record");
  }
  auto value = ParseTableValue(entry.value());
  if (!value.ok()) return CorruptTable(file, block_offset, value.status().message());
  return value;
}

StoreIterator::StoreIterator(std::shared_ptr<const OpenTable> table, BlockLoader& loader,
                             std::shared_ptr<const ResumeInfo> resume)
    : table_(std::move(table)),
      loader_(loader),
      resume_(std::move(resume)),
      index_(*table_, loader_),
      read_ahead_(*table_, loader_) {}

Status StoreIterator::LoadBlock() {
  const BlockHandle handle = index_.handle();
  entry_ = BlockCursor();
  auto block = loader_.Cached(*table_, handle);
  if (block == nullptr) {
    auto read = std::make_shared<Block>();
    TARN_TRY(read_ahead_.Read(handle, read.get()));
    block = std::move(read);
    if (blocks_since_seek_ < kBlocksCachedPerScan) loader_.Cache(*table_, block);
  }
  ++blocks_since_seek_;
  block_ = std::move(block);
  entry_ = BlockCursor(block_.get(), kKeyTrailerBytes);
  return Status();
}

Status StoreIterator::NotAscending() {
  valid_ = false;
  return CorruptTable(table_->file(), block_->offset(), "keys do not ascend");
}

Status StoreIterator::Land() {
  while (!entry_.valid() && !entry_.damaged()) {
    const std::string_view last = entry_.last_key();
    if (!last.empty()) last_key_ = UserKey(last);
    TARN_TRY(index_.Next());
    if (!index_.valid()) return Status();
    TARN_TRY(LoadBlock());
    entry_.SeekToFirst();
    if (last_key_ && entry_.valid() && UserKey(entry_.key()) <= *last_key_) return NotAscending();
  }
  if (entry_.damaged()) return CorruptTable(table_->file(), block_->offset(), "malformed record");
  TARN_TRY_ASSIGN(value_, ReadRecordValue(entry_, table_->file(), block_->offset()));
  valid_ = true;
  return Status();
}

Status StoreIterator::Seek(std::string_view target) {
  valid_ = false;
  last_key_.reset();
  blocks_since_seek_ = 0;
  TARN_TRY(index_.Seek(target));
  if (!index_.valid()) return Status();
  TARN_TRY(LoadBlock());
  entry_.Seek(target);
  TARN_TRY(Land());
  return valid_ && key() < target ? NotAscending() : Status();
}

Status StoreIterator::Next() {
  valid_ = false;
  entry_.Next();
  return Land();
}

Status StoreIterator::MoveTo(const IndexCursor& index) {
  valid_ = false;
  last_key_.reset();
  index_ = index;
  if (!index_.valid()) return Status();
  TARN_TRY(LoadBlock());
  entry_.SeekToFirst();
  return Land();
}

Status StoreIterator::MoveAfter(const IndexCursor& index, std::string_view key) {
  valid_ = false;
  last_key_.reset();
  index_ = index;
  TARN_TRY(LoadBlock());
  entry_.Seek(key);
  if (entry_.valid()) entry_.Next();
  return Land();
}

}  // namespace tarn::sst
