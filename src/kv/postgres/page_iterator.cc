#include "kv/postgres/page_iterator.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/blocking.h"

namespace tarn::kv::postgres {
namespace {

/// Many scans want the first few keys only.
constexpr size_t kFirstRows = 32;
constexpr size_t kGrowth = 4;

}  // namespace

PageIterator::PageIterator(Session& session, std::string_view partition, std::string_view prefix,
                           size_t rows_max)
    : session_(session),
      partition_(partition),
      prefix_(prefix),
      end_(PrefixEnd(prefix)),
      rows_max_(rows_max),
      rows_(std::min(kFirstRows, rows_max)) {}

Status PageIterator::Seek(std::string_view target) {
  target = std::max<std::string_view>(target, prefix_);
  // What lies ahead in this page is as good as a new one.
  if (Valid() && target >= key()) {
    int row = row_, past = page_->rows();
    while (row < past) {
      const int middle = row + (past - row) / 2;
      if (page_->Value(middle, 0) < target) {
        row = middle + 1;
      } else {
        past = middle;
      }
    }
    if (row < page_->rows()) return MoveTo(row);
  }
  return Fetch(std::string(target));
}

Status PageIterator::Next() {
  if (row_ + 1 < page_->rows() || is_last_) return MoveTo(row_ + 1);
  return Fetch(std::string(key()) + '\0');  // The least key after it.
}

Status PageIterator::Fetch(const std::string& from) {
  page_.reset();
  TARN_TRY(RequireBlocking());
  const std::string rows = fmt::to_string(rows_);
  const Parameter parameters[] = {{partition_}, {from}, {rows, Parameter::Kind::kNumber}, {end_}};
  TARN_TRY_ASSIGN(page_, session_.Read(end_.empty() ? Query{Verb::kScan, std::span(parameters, 3)}
                                                    : Query{Verb::kScanTo, parameters}));
  is_last_ = static_cast<size_t>(page_->rows()) < rows_;
  rows_ = std::min(rows_ * kGrowth, rows_max_);
  return MoveTo(0);
}

Status PageIterator::MoveTo(int row) {
  row_ = row;
  if (Valid()) value_ = page_->Value(row_, 1);
  return {};
}

}  // namespace tarn::kv::postgres
