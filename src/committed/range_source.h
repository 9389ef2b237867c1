// The ranges of one tree in key order, from wherever they are at hand: a list in memory or the
// metarange's table, which is read as far as the walk goes.
//
// Level 5; one thread at a time.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "committed/range_info.h"
#include "sst/table_store.h"

namespace tarn::committed {

using RangeList = std::vector<RangeInfo>;

/// The first range of a sorted list whose max_key is at least `key`.
RangeList::const_iterator FirstReaching(const RangeList& ranges, std::string_view key);

class RangeSource {
 public:
  virtual ~RangeSource() = default;
  /// To the first range whose max_key is at least `key`. Must be called before anything else.
  virtual Status Seek(std::string_view key) = 0;
  /// To the following range; requires Valid().
  virtual Status Next() = 0;
  virtual bool Valid() const = 0;              ///< False at the end and after any error.
  virtual const RangeInfo& range() const = 0;  ///< Until the next move.
};

/// Walks a list that is shared with the cache of trees.
std::unique_ptr<RangeSource> OverList(std::shared_ptr<const RangeList> ranges);
/// Walks a metarange's table.
std::unique_ptr<RangeSource> OverTable(std::unique_ptr<sst::TableIterator> table);

}  // namespace tarn::committed
