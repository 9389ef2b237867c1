#include "sst/table_writer.h"

#include <charconv>

#include "base/check.h"
#include "codec/fixed.h"
#include "codec/hex.h"
#include "codec/identity.h"
#include "codec/varint.h"
#include "sst/table_writer_impl.h"

namespace tarn::sst {
namespace {

// A hash state costs about 300 bytes and saves hashing what precedes it: one per ~128 KiB of raw
// data keeps the rest that has to be hashed below the cost of a durable write.
constexpr uint64_t kBlocksPerResumePoint = 32;

void AppendDecimal(std::string* out, size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out->append(digits, static_cast<size_t>(end - digits));
}

std::string VarintText(uint64_t value) {
  std::string text;
  AppendVarint(&text, value);
  return text;
}

}  // namespace

void AppendRecordPreimage(std::string* out, std::string_view key, std::string_view stored_value) {
  AppendDecimal(out, key.size());
  out->append(key).push_back('|');
  AppendDecimal(out, stored_value.size());
  out->append(stored_value).push_back('|');
}

TableWriter::Impl::Impl(TableType type, std::map<std::string, std::string> extra_properties)
    : hashed_properties_(std::move(extra_properties)) {
  hashed_properties_[std::string(kTypeProperty)] = TypeName(type);
}

Status TableWriter::Impl::Add(std::string_view key, ValueView value) {
  if (value.is_tombstone()) {
    return Status(Code::kInvalidValue, "record value should not be nil");
  }
  stored_value_.clear();
  TARN_TRY(AppendTableValue(&stored_value_, value));
  return AddStored(key, stored_value_);
}

Status TableWriter::Impl::AddStored(std::string_view key, std::string_view stored_value) {
  if (totals_.records == 0) {
    min_key_ = key;
  } else if (key <= last_key_) {
    return Status(Code::kInvalidValue, "keys should be written in ascending order");
  }
  if (data_.FlushesBefore(key.size(), stored_value.size())) {
    FlushDataBlock(SeparatorKey(last_key_, key));
  }
  data_.Add(key, kSetTrailer, stored_value);
  AppendRecordPreimage(&preimage_, key, stored_value);
  last_key_ = key;
  ++totals_.records;
  totals_.raw_key_bytes += key.size() + kKeyTrailerBytes;
  totals_.raw_value_bytes += stored_value.size();
  return Status();
}

void TableWriter::Impl::NoteRuleAsked(const BreakRule& rule, uint64_t records) {
  if (!resume_->rule) resume_->rule = rule;
  rule_known_ =
      rule_known_ && *resume_->rule == rule && records_asked_ + records == totals_.records;
  records_asked_ += records;
}

bool TableWriter::Impl::BreaksAfterLast(const BreakRule& rule, bool key_checked) {
  if (totals_.records == 0) return false;
  NoteRuleAsked(rule, 1);
  const bool at_key = !key_checked && rule.BreaksAtKey(last_key_);
  if (at_key && (resume_->hit_blocks.empty() || resume_->hit_blocks.back() != file_.size())) {
    resume_->hit_blocks.push_back(file_.size());
  }
  const uint64_t size = estimated_size();
  return size >= rule.size_bytes_min && (at_key || size >= rule.size_bytes_max);
}

void TableWriter::Impl::FlushDataBlock(std::string separator) {
  const uint64_t offset = file_.size();
  const size_t size = AppendStoredBlock(&file_, data_.Finish(), true);
  data_.Reset();
  hash_.Update(preimage_);
  preimage_.clear();
  AddIndexEntry(separator, {offset, size});
  SaveResumePoint();
}

void TableWriter::Impl::AddIndexEntry(std::string_view separator, BlockHandle handle) {
  const std::string_view user_key = UserKey(separator);
  if (index_.FlushesBefore(user_key.size(), kIndexValueBytesAssumed)) CloseIndexBlock();
  std::string value;
  AppendHandle(&value, handle);
  index_.Add(user_key, separator.substr(user_key.size()), value);
  ++totals_.blocks;
}

void TableWriter::Impl::SaveResumePoint() {
  if (totals_.blocks % kBlocksPerResumePoint != 0) return;
  resume_->points.push_back(
      std::make_shared<const ResumePoint>(ResumePoint{hash_, totals_, file_.size()}));
}

void TableWriter::Impl::CloseIndexBlock() {
  finished_index_.push_back({std::string(index_.last_key()), std::string(index_.Finish())});
  index_.Reset();
}

BlockHandle TableWriter::Impl::WriteIndex() {
  if (finished_index_.empty()) {
    index_raw_bytes_ = index_.EstimatedSize() + kBlockTrailerBytes;
    const uint64_t offset = file_.size();
    return {offset, AppendStoredBlock(&file_, index_.Finish(), true)};
  }
  CloseIndexBlock();
  for (const FinishedIndexBlock& block : finished_index_) {
    std::string handle;
    const uint64_t offset = file_.size();
    AppendHandle(&handle, {offset, AppendStoredBlock(&file_, block.raw, true)});
    const std::string_view user_key = UserKey(block.last_key);
    index_.Add(user_key, std::string_view(block.last_key).substr(user_key.size()), handle);
    index_raw_bytes_ += block.raw.size();
  }
  top_index_bytes_ = index_.EstimatedSize();
  index_raw_bytes_ += top_index_bytes_ + kBlockTrailerBytes;
  const uint64_t offset = file_.size();
  return {offset, AppendStoredBlock(&file_, index_.Finish(), true)};
}

BlockHandle TableWriter::Impl::WriteProperties(const Table& table, uint64_t data_bytes) {
  std::map<std::string, std::string> properties = hashed_properties_;
  properties["min_key"] = table.min_key;
  properties["max_key"] = table.max_key;
  properties["count"] = std::to_string(table.count);
  properties["estimated_size_bytes"] = std::to_string(table.estimated_size);
  for (const FixedProperty& fixed : kFixedProperties) {
    properties[std::string(fixed.name)] = fixed.value;
  }
  const bool two_level = !finished_index_.empty();
  std::string index_type;
  AppendLe(&index_type, two_level ? kTwoLevelIndex : kSingleIndex);
  properties["rocksdb.block.based.table.index.type"] = index_type;
  properties["rocksdb.data.size"] = VarintText(data_bytes);
  properties["rocksdb.index.size"] = VarintText(index_raw_bytes_);
  if (two_level) {
    properties["rocksdb.index.partitions"] = VarintText(finished_index_.size());
    properties["rocksdb.top-level.index.size"] = VarintText(top_index_bytes_);
  }
  properties["rocksdb.num.data.blocks"] = VarintText(totals_.blocks);
  properties["rocksdb.num.entries"] = VarintText(totals_.records);
  properties["rocksdb.raw.key.size"] = VarintText(totals_.raw_key_bytes);
  properties["rocksdb.raw.value.size"] = VarintText(totals_.raw_value_bytes);

  BlockBuilder block(INT32_MAX);
  for (const auto& [name, value] : properties) block.Add(name, "", value);
  const uint64_t offset = file_.size();
  return {offset, AppendStoredBlock(&file_, block.Finish(), false)};
}

Result<Table> TableWriter::Impl::Finish() {
  Table table;
  table.estimated_size = estimated_size();  // Counts the last block uncompressed: before its flush.
  table.count = totals_.records;
  table.min_key = min_key_;
  table.max_key = last_key_;
  if (!data_.empty()) {
    FlushDataBlock(SuccessorKey(last_key_));
  } else if (totals_.blocks == 0) {
    FlushDataBlock(std::string(kInvalidTrailer));
  }
  hash_.Update(IdentityBuilder().StrMap(hashed_properties_).stream());
  table.id = ToHex(AsView(hash_.Finish()));

  const uint64_t data_bytes = file_.size();
  Footer footer;
  footer.index = WriteIndex();
  const BlockHandle properties = WriteProperties(table, data_bytes);
  std::string handle;
  AppendHandle(&handle, properties);
  BlockBuilder metaindex(kIndexRestartInterval);
  metaindex.Add(kPropertiesEntry, "", handle);
  const uint64_t offset = file_.size();
  footer.metaindex = {offset, AppendStoredBlock(&file_, metaindex.Finish(), false)};
  AppendFooter(&file_, footer);

  // Nothing could follow a state at the very end.
  if (!resume_->points.empty() && resume_->points.back()->data_bytes == data_bytes) {
    resume_->points.pop_back();
  }
  if (!rule_known_ || records_asked_ != totals_.records) resume_->rule.reset();
  table.resume = std::move(resume_);
  table.bytes = std::move(file_);
  return table;
}

TableWriter::TableWriter(TableType type, std::map<std::string, std::string> extra_properties)
    : impl_(std::make_unique<Impl>(type, std::move(extra_properties))) {}
TableWriter::~TableWriter() = default;
TableWriter::TableWriter(TableWriter&&) noexcept = default;
TableWriter& TableWriter::operator=(TableWriter&&) noexcept = default;

Status TableWriter::Add(std::string_view key, ValueView value) { return impl_->Add(key, value); }
Result<CopyEnd> TableWriter::CopyFrom(TableIterator& from, std::optional<std::string_view> limit,
                                      const BreakRule& rule) {
  return impl_->CopyFrom(from, limit, rule);
}
bool TableWriter::BreaksAfterLast(const BreakRule& rule) {
  return impl_->BreaksAfterLast(rule, false);
}
uint64_t TableWriter::estimated_size() const { return impl_->estimated_size(); }
uint64_t TableWriter::count() const { return impl_->count(); }
Result<Table> TableWriter::Finish() { return impl_->Finish(); }

}  // namespace tarn::sst
