#include "sst/index_block.h"

#include <algorithm>

namespace tarn::sst {

Result<std::unique_ptr<const IndexBlock>> IndexBlock::Make(std::string_view stored,
                                                           const std::string& file, uint64_t offset,
                                                           uint64_t file_size) {
  auto index = std::make_unique<IndexBlock>();
  TARN_TRY(index->block_.Assign(stored, file, offset));
  index->entries_.reserve(index->block_.restart_count());  // One each, in tables of our kind.
  BlockCursor entry(&index->block_, kKeyTrailerBytes);
  for (entry.SeekToFirst(); entry.valid(); entry.Next()) {
    std::string_view value = entry.value();
    const auto handle = ConsumeHandle(&value);
    if (!handle || !IsWithin(*handle, file_size) || entry.key().size() < kKeyTrailerBytes) {
      return CorruptTable(file, offset, "malformed index entry");
    }
    std::string_view separator = entry.key();
    if (!entry.is_key_in_block()) {
      index->assembled_.push_back(std::make_unique<std::string>(separator));
      separator = *index->assembled_.back();
    }
    index->entries_.push_back({separator, *handle});
  }
  if (entry.damaged()) return CorruptTable(file, offset, "malformed index");
  return std::unique_ptr<const IndexBlock>(std::move(index));
}

size_t IndexBlock::Find(std::string_view target) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), target,
      [](const Entry& entry, std::string_view key) { return UserKey(entry.separator) < key; });
  return static_cast<size_t>(found - entries_.begin());
}

}  // namespace tarn::sst
