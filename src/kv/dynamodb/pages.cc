#include "kv/dynamodb/pages.h"

#include <algorithm>
#include <utility>

#include "iter/sorted_iterator.h"
#include "kv/dynamodb/limits.h"

namespace tarn::kv::dynamodb {
namespace {

/// Many look at a few records only.
constexpr int64_t kFirstPageRecords = 64;

}  // namespace

Pages::Pages(Connection& connection, std::string_view partition, std::string_view prefix, Part part)
    : connection_(connection),
      partition_(partition),
      prefix_(prefix),
      end_(PrefixEnd(prefix)),
      part_(part) {}

void Pages::Seek(std::string_view target) {
  from_ = std::max<std::string_view>(target, prefix_);
  after_.reset();
  limit_ = std::min(kFirstPageRecords, connection_.page_records_max);
  // DynamoDB refuses bounds that cross, and bounds over its limit.
  is_over_ = prefix_.size() > kTraits.key_bytes_max || (!end_.empty() && from_ >= end_);
}

Result<std::vector<Record>> Pages::Next() {
  while (!is_over_) {
    TARN_TRY_ASSIGN(auto records, Fetch());
    if (!records.empty()) return records;
  }
  return std::vector<Record>();
}

Result<std::vector<Record>> Pages::Fetch() {
  const std::string_view from = std::string_view(from_).substr(0, kTraits.key_bytes_max);
  const PageQuery query{partition_, from, end_, after_, limit_, part_};
  TARN_TRY_ASSIGN(const Json answer,
                  connection_.Call("Query", QueryBody(connection_.table, query)));
  TARN_TRY_ASSIGN(Page page, ReadPage(answer, part_));
  limit_ = std::min(limit_ * 2, connection_.page_records_max);
  is_over_ = !page.after;
  after_ = std::move(page.after);
  // The end itself is no key of the range, and a bound that was cut is before the real one.
  std::erase_if(page.records, [&](const Record& record) {
    return record.key < from_ || (!end_.empty() && record.key >= end_);
  });
  return std::move(page.records);
}

}  // namespace tarn::kv::dynamodb
