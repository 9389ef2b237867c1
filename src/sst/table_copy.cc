// TableWriter::CopyFrom: records, and where the result is the same, whole blocks.
//
// A block may be taken over as bytes if the writer stands at a block border and the record after
// the block is the one that ended it in its old table: then the cut, the index entry and the
// compressed bytes are what writing its records would give. The estimated size is greatest at the
// last record of a block, so one check per block replaces the one per record.
#include <algorithm>

#include "sst/table_iterator.h"
#include "sst/table_writer_impl.h"

namespace tarn::sst {
namespace {

// Room for what a change and the end of a file add to the bytes copied.
constexpr size_t kSlackBytes = 64 << 10;

/// True if every key up to that of the block at `at` is below `limit`.
bool IsBelow(const IndexCursor& at, std::optional<std::string_view> limit) {
  return !limit || UserKey(at.separator()) < *limit;
}

bool IsHit(const ResumeInfo& info, uint64_t block_offset) {
  return std::binary_search(info.hit_blocks.begin(), info.hit_blocks.end(), block_offset);
}

}  // namespace

Result<CopyEnd> TableWriter::Impl::CopyFrom(TableIterator& from,
                                            std::optional<std::string_view> limit,
                                            const BreakRule& rule) {
  auto* source = dynamic_cast<StoreIterator*>(&from);  // Others are copied record by record.
  while (from.Valid()) {
    if (limit && from.key() >= *limit) return CopyEnd::kLimit;
    if (source != nullptr && source->at_block_start()) {
      TARN_TRY_ASSIGN(const CopyEnd end, CopyBlocks(*source, limit, rule));
      if (end != CopyEnd::kLimit) return end;
    }
    // The rest of a block of which a part was copied, or the block with the limit in it.
    while (from.Valid() && (!limit || from.key() < *limit)) {
      TARN_TRY(source != nullptr ? AddStored(source->key(), source->stored_value())
                                 : Add(from.key(), from.value()));
      const bool breaks = BreaksAfterLast(rule, false);
      TARN_TRY(from.Next());
      if (breaks) return CopyEnd::kBreak;
      if (source != nullptr && from.Valid() && source->at_block_start()) break;
    }
  }
  return CopyEnd::kEnd;
}

Result<CopyEnd> TableWriter::Impl::CopyBlocks(StoreIterator& from,
                                              std::optional<std::string_view> limit,
                                              const BreakRule& rule) {
  const std::string& file = from.table().file();
  const bool common_format = from.table().HasCommonFormat();
  const ResumeInfo* known = from.resume();
  const bool rule_known =
      known != nullptr && known->rule && known->rule->raggedness_entries == rule.raggedness_entries;
  IndexCursor at = from.index();
  // Growing step by step would touch three times the memory, and fresh memory is slow.
  const uint64_t rest = from.table().size_bytes() - at.handle().offset;
  const uint64_t needed = file_.size() + std::min(rest, rule.size_bytes_max);
  if (needed > file_.capacity()) file_.reserve(needed + kSlackBytes);
  if (totals_.records == 0 && common_format && at.handle().offset == 0) {
    min_key_ = from.key();
    TARN_TRY(CopyKnownPrefix(from, limit, rule, &at));
  }
  Block block;
  for (IndexCursor next = at; at.valid() && IsBelow(at, limit); at = next) {
    TARN_TRY(next.Next());
    const BlockHandle handle = at.handle();
    TARN_TRY_ASSIGN(const auto stored, from.read_ahead().Read(handle, &block));
    const bool keys_checked = rule_known && !IsHit(*known, handle.offset);
    if (common_format && next.valid() && IsBelow(next, limit)) {
      if (TakeBlock(stored, block, at.separator(), rule, keys_checked)) continue;
    }
    TARN_TRY_ASSIGN(const BlockCursor broke_at, CopyRecords(block, file, rule, keys_checked));
    if (broke_at.valid()) {
      TARN_TRY(from.MoveAfter(at, UserKey(broke_at.key())));
      return CopyEnd::kBreak;
    }
  }
  const bool moved = !at.valid() || at.handle().offset != from.index().handle().offset;
  if (moved) TARN_TRY(from.MoveTo(at));
  return at.valid() ? CopyEnd::kLimit : CopyEnd::kEnd;
}

Result<BlockCursor> TableWriter::Impl::CopyRecords(const Block& block, const std::string& file,
                                                   const BreakRule& rule, bool keys_checked) {
  BlockCursor entry(&block, kKeyTrailerBytes);
  for (entry.SeekToFirst(); entry.valid(); entry.Next()) {
    TARN_TRY(ReadRecordValue(entry, file, block.offset()));
    TARN_TRY(AddStored(UserKey(entry.key()), entry.value()));
    if (BreaksAfterLast(rule, keys_checked)) return entry;
  }
  if (entry.damaged()) return CorruptTable(file, block.offset(), "malformed record");
  return entry;
}

bool TableWriter::Impl::TakeBlock(std::string_view stored, const Block& raw,
                                  std::string_view separator, const BreakRule& rule,
                                  bool keys_checked) {
  BlockCursor entry(&raw, kKeyTrailerBytes);
  entry.SeekToFirst();
  if (!entry.valid() || entry.key().size() < kKeyTrailerBytes) return false;
  if (totals_.records == 0) {
    min_key_ = UserKey(entry.key());
  } else if (UserKey(entry.key()) <= last_key_) {
    return false;
  }
  if (!data_.empty()) {
    const std::string_view key = UserKey(entry.key());
    if (!data_.FlushesBefore(key.size(), entry.value().size())) return false;
    FlushDataBlock(SeparatorKey(last_key_, key));
  }
  // A block that ended early was cut by another rule than ours.
  if (raw.size() <= kBlockThresholdBytes) return false;
  if (file_.size() + raw.size() + index_.EstimatedSize() >= rule.size_bytes_max) return false;

  TableTotals totals = totals_;
  for (; entry.valid(); entry.Next()) {
    const std::string_view key = entry.key();
    if (!key.ends_with(kSetTrailer)) break;
    if (!keys_checked && rule.BreaksAtKey(UserKey(key))) break;
    AppendRecordPreimage(&preimage_, UserKey(key), entry.value());
    ++totals.records;
    totals.raw_key_bytes += key.size();
    totals.raw_value_bytes += entry.value().size();
  }
  if (entry.valid() || entry.damaged()) {
    preimage_.clear();
    return false;
  }
  const uint64_t offset = file_.size();
  const uint64_t records = totals.records - totals_.records;
  totals_ = totals;
  last_key_ = UserKey(entry.last_key());
  NoteRuleAsked(rule, records);
  hash_.Update(preimage_);
  preimage_.clear();
  file_.append(stored);
  AddIndexEntry(separator, {offset, stored.size() - kBlockTrailerBytes});
  SaveResumePoint();
  return true;
}

Status TableWriter::Impl::CopyKnownPrefix(StoreIterator& from,
                                          std::optional<std::string_view> limit,
                                          const BreakRule& rule, IndexCursor* at) {
  const ResumeInfo* known = from.resume();
  if (known == nullptr || known->rule != rule) return Status();
  uint64_t end = UINT64_MAX;  // Offset of the first block with keys that reach the limit.
  if (limit) {
    IndexCursor border = *at;
    TARN_TRY(border.Seek(*limit));
    if (border.valid()) end = border.handle().offset;
  }
  const auto after = std::partition_point(known->points.begin(), known->points.end(),
                                          [&](const auto& p) { return p->data_bytes < end; });
  if (after == known->points.begin()) return Status();
  const ResumePoint& point = **std::prev(after);

  file_.resize(point.data_bytes);
  TARN_TRY(from.loader().Read(from.table(), 0, file_));
  IndexCursor next = *at;
  uint64_t copied = 0;
  while (next.valid() && copied < point.data_bytes) {
    const BlockHandle handle = next.handle();
    if (handle.offset != copied || handle.end() > point.data_bytes) break;
    const auto stored =
        std::string_view(file_).substr(handle.offset, handle.size + kBlockTrailerBytes);
    if (!CheckStoredBlock(stored)) break;  // Block by block it is read once more.
    AddIndexEntry(next.separator(), handle);
    copied = handle.end();
    TARN_TRY(next.Next());
  }
  if (copied != point.data_bytes || totals_.blocks != point.totals.blocks || !next.valid()) {
    // Damage, or the same records in other blocks: an id does not cover the layout of the file.
    file_.clear();
    index_.Reset();
    finished_index_.clear();
    totals_ = {};
    return Status();
  }
  totals_ = point.totals;
  hash_ = point.hash;
  last_key_ = min_key_;  // All that is known of them, and all that is needed before more records.
  NoteRuleAsked(rule, totals_.records);
  resume_->points.assign(known->points.begin(), after);
  for (const uint64_t hit : known->hit_blocks) {
    if (hit < point.data_bytes) resume_->hit_blocks.push_back(hit);
  }
  *at = next;
  return Status();
}

}  // namespace tarn::sst
