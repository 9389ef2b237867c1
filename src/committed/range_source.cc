#include "committed/range_source.h"

#include <algorithm>
#include <utility>

namespace tarn::committed {
namespace {

class ListSource final : public RangeSource {
 public:
  explicit ListSource(std::shared_ptr<const RangeList> ranges)
      : ranges_(std::move(ranges)), at_(ranges_->end()) {}

  Status Seek(std::string_view key) override {
    at_ = FirstReaching(*ranges_, key);
    return {};
  }
  Status Next() override {
    ++at_;
    return {};
  }
  bool Valid() const override { return at_ != ranges_->end(); }
  const RangeInfo& range() const override { return *at_; }

 private:
  std::shared_ptr<const RangeList> ranges_;  // shared with the cache, which may drop it
  RangeList::const_iterator at_;
};

class TableSource final : public RangeSource {
 public:
  explicit TableSource(std::unique_ptr<sst::TableIterator> table) : table_(std::move(table)) {}

  Status Seek(std::string_view key) override {
    valid_ = false;
    TARN_TRY(table_->Seek(key));
    return Parse();
  }
  Status Next() override {
    valid_ = false;
    TARN_TRY(table_->Next());
    return Parse();
  }
  bool Valid() const override { return valid_; }
  const RangeInfo& range() const override { return range_; }

 private:
  Status Parse() {
    if (!table_->Valid()) return {};
    TARN_TRY_ASSIGN(range_, ParseRangeRecord(table_->key(), table_->value()));
    valid_ = true;
    return {};
  }

  std::unique_ptr<sst::TableIterator> table_;
  RangeInfo range_;
  bool valid_ = false;
};

}  // namespace

RangeList::const_iterator FirstReaching(const RangeList& ranges, std::string_view key) {
  return std::lower_bound(ranges.begin(), ranges.end(), key,
                          [](const RangeInfo& range, std::string_view wanted) {
                            return std::string_view(range.max_key) < wanted;
                          });
}

std::unique_ptr<RangeSource> OverList(std::shared_ptr<const RangeList> ranges) {
  return std::make_unique<ListSource>(std::move(ranges));
}

std::unique_ptr<RangeSource> OverTable(std::unique_ptr<sst::TableIterator> table) {
  return std::make_unique<TableSource>(std::move(table));
}

}  // namespace tarn::committed
