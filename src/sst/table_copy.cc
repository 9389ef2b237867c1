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
      TARN_TRY(CopyBlocks(*source, limit, rule));
      if (!source->Valid()) break;  // Blocks without records at the end of a foreign table.
    }
    if (source != nullptr) {
      TARN_TRY(AddStored(source->key(), source->stored_value()));
    } else {
      TARN_TRY(Add(from.key(), from.value()));
    }
    const bool breaks = BreaksAfterLast(rule);
    TARN_TRY(from.Next());
    if (breaks) return CopyEnd::kBreak;
  }
  return CopyEnd::kEnd;
}

// Leaves the iterator on a record that is below the limit, so the caller adds at least one.
Status TableWriter::Impl::CopyBlocks(StoreIterator& from, std::optional<std::string_view> limit,
                                     const BreakRule& rule) {
  if (!from.table().HasCommonFormat()) return Status();
  if (totals_.records > 0) {
    // Checked here because taken blocks are not looked at key by key.
    if (from.key() <= last_key_) return Status();
    if (!data_.empty()) {
      if (!data_.FlushesBefore(from.key().size(), from.stored_value().size())) return Status();
      FlushDataBlock(SeparatorKey(last_key_, from.key()));
    }
  }
  const BlockHandle first = from.index().handle();
  IndexCursor at = from.index();
  if (totals_.records == 0) {
    min_key_ = from.key();
    if (first.offset == 0) TARN_TRY(CopyKnownPrefix(from, limit, rule, &at));
  }
  const ResumeInfo* known = from.resume();
  const bool rule_known =
      known != nullptr && known->rule && known->rule->raggedness_entries == rule.raggedness_entries;
  Block raw;
  IndexCursor next = at;
  for (;; at = next) {
    TARN_TRY(next.Next());
    if (!next.valid() || !IsBelow(next, limit)) break;
    const bool keys_checked = rule_known && !IsHit(*known, at.handle().offset);
    TARN_TRY_ASSIGN(const auto stored, from.read_ahead().Stored(at.handle()));
    TARN_TRY(raw.Assign(stored, from.table().file(), at.handle().offset));
    if (!TakeBlock(stored, raw, at.separator(), rule, keys_checked)) break;
  }
  return at.handle().offset == first.offset ? Status() : from.MoveTo(at);
}

bool TableWriter::Impl::TakeBlock(std::string_view stored, const Block& raw,
                                  std::string_view separator, const BreakRule& rule,
                                  bool keys_checked) {
  // A block that ended early was cut by another rule than ours.
  if (raw.size() <= kBlockThresholdBytes) return false;
  if (file_.size() + raw.size() + index_.EstimatedSize() >= rule.size_bytes_max) return false;
  TableTotals totals = totals_;
  preimage_.clear();
  BlockCursor entry(&raw);
  for (entry.SeekToFirst(); entry.valid(); entry.Next()) {
    const std::string_view key = entry.key();
    if (!key.ends_with(kSetTrailer)) break;
    if (!keys_checked && rule.BreaksAtKey(UserKey(key))) break;
    AppendRecordPreimage(&preimage_, UserKey(key), entry.value());
    ++totals.records;
    totals.raw_key_bytes += key.size();
    totals.raw_value_bytes += entry.value().size();
  }
  if (entry.valid() || entry.damaged() || totals.records == totals_.records) {
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
    if (!CheckStoredBlock(stored)) {
      return CorruptTable(from.table().file(), handle.offset, "checksum mismatch");
    }
    AddIndexEntry(next.separator(), handle);
    copied = handle.end();
    TARN_TRY(next.Next());
  }
  if (copied != point.data_bytes || totals_.blocks != point.totals.blocks || !next.valid()) {
    // The same records in other blocks: an id does not cover the layout of the file.
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
