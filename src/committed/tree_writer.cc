#include "committed/tree_writer.h"

#include <utility>

namespace tarn::committed {
namespace {

Status OutOfOrder() { return {Code::kInvalidValue, "keys should be written in ascending order"}; }

}  // namespace

TreeWriter::TreeWriter(sst::TableStore& tables, const StorageNamespace& ns,
                       const sst::BreakRule& rule, UploadOptions uploads,
                       Properties extra_properties)
    : rule_(rule), properties_(std::move(extra_properties)), uploads_(tables, ns, uploads) {}

Status TreeWriter::WriteRecord(std::string_view key, const ValueView& value) {
  if (value.is_tombstone()) return {Code::kInvalidValue, "record value should not be nil"};
  TARN_TRY(OpenTable(key));
  TARN_TRY(table_->Add(key, value));
  return table_->BreaksAfterLast(rule_) ? CloseTable() : Status();
}

Status TreeWriter::WriteRange(const RangeInfo& range) {
  TARN_TRY(CloseTable());
  if (!ranges_.empty() && range.min_key <= ranges_.back().max_key) return OutOfOrder();
  ranges_.push_back(range);
  return {};
}

Status TreeWriter::CopyRecords(TreeCursor& from, std::optional<std::string_view> limit) {
  while (from.Valid() && !from.at_head() && (!limit || from.key() < *limit)) {
    std::optional<std::string_view> stop = from.CopyLimit();
    if (limit && (!stop || *limit < *stop)) stop = limit;
    TARN_TRY(OpenTable(from.key()));
    TARN_TRY_ASSIGN(sst::CopyEnd end, table_->CopyFrom(from.table(), stop, rule_));
    TARN_TRY(from.Moved());
    if (end == sst::CopyEnd::kBreak) TARN_TRY(CloseTable());
  }
  return {};
}

Result<RangeList> TreeWriter::FinishRanges() {
  TARN_TRY(CloseTable());
  TARN_TRY(uploads_.Finish());
  return std::move(ranges_);
}

Result<MetarangeId> TreeWriter::Close() {
  TARN_TRY(CloseTable());
  sst::TableWriter metarange(sst::TableType::kMetarange, properties_);
  std::string data;
  for (const RangeInfo& range : ranges_) {
    data.clear();
    AppendRangeData(&data, range);
    TARN_TRY(metarange.Add(range.max_key, {range.id.view(), data}));
  }
  TARN_TRY_ASSIGN(sst::Table table, metarange.Finish());
  MetarangeId id(table.id);
  // Together with the last ranges: nobody can name this tree before Close returns, and every table
  // that it refers to is stored by whoever writes a tree with it.
  TARN_TRY(uploads_.Release());
  TARN_TRY(uploads_.Add(std::move(table)));
  TARN_TRY(uploads_.Finish());
  return id;
}

Status TreeWriter::OpenTable(std::string_view first_key) {
  if (table_) return {};
  if (!ranges_.empty() && first_key <= ranges_.back().max_key) return OutOfOrder();
  table_.emplace(sst::TableType::kRange, properties_);
  return {};
}

Status TreeWriter::CloseTable() {
  if (!table_) return {};
  TARN_TRY_ASSIGN(sst::Table table, table_->Finish());
  table_.reset();
  ranges_.push_back(
      {RangeId(table.id), table.min_key, table.max_key, table.count, table.estimated_size});
  return uploads_.Add(std::move(table));
}

}  // namespace tarn::committed
