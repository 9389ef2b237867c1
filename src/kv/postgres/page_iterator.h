// The keys of one partition, fetched page by page. Level 3; one thread at a time.
#pragma once

#include <optional>
#include <string>

#include "kv/postgres/session.h"
#include "kv/store.h"

namespace tarn::kv::postgres {

class PageIterator final : public Iterator {
 public:
  /// The session outlives it. Pages grow from kFirstRows to `rows_max`.
  PageIterator(Session& session, std::string_view partition, std::string_view prefix,
               size_t rows_max);

  Status Seek(std::string_view target) override;
  Status Next() override;
  bool Valid() const override { return page_ && row_ < page_->rows(); }
  std::string_view key() const override { return page_->Value(row_, 0); }
  const std::string_view& value() const override { return value_; }

 private:
  Status Fetch(const std::string& from);
  /// Points at a row of the page; the end if it has no such row.
  Status MoveTo(int row);

  Session& session_;
  const std::string partition_, prefix_, end_;
  const size_t rows_max_;
  size_t rows_;
  std::optional<Answer> page_;
  bool is_last_ = false;
  int row_ = 0;
  std::string_view value_;
};

}  // namespace tarn::kv::postgres
