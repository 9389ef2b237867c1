// What is remembered about a table that was written lately, so that a later table with the same
// beginning needs neither to unpack nor to hash it again: hash states at block borders, and which
// break rule was asked on the way. Lost on restart, then rebuilt by use. Level 4; ResumeInfo is
// immutable once shared, ResumeCache is thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/sync.h"
#include "codec/digest.h"
#include "sst/break_rule.h"

namespace tarn::sst {

/// Sums over the records of finished blocks.
struct TableTotals {
  uint64_t blocks = 0;
  uint64_t records = 0;
  uint64_t raw_key_bytes = 0;    ///< Internal keys.
  uint64_t raw_value_bytes = 0;  ///< Stored values.
};

/// State of a writer at a block border.
struct ResumePoint {
  Sha256Hasher hash;
  TableTotals totals;
  uint64_t data_bytes = 0;  ///< Offset of the next block.
};

struct ResumeInfo {
  /// The rule that was asked after every record (but perhaps the last) and did not break before
  /// the last; nothing if that is not known.
  std::optional<BreakRule> rule;
  /// Ascending offsets of blocks with a key at which `rule` would break but for the size.
  std::vector<uint64_t> hit_blocks;
  /// Ascending; shared with tables that have the same beginning.
  std::vector<std::shared_ptr<const ResumePoint>> points;
};

/// ResumeInfo by table id, least recently used dropped first.
class ResumeCache {
 public:
  explicit ResumeCache(size_t points_max) : points_max_(points_max) {}

  void Put(std::string_view table_id, std::shared_ptr<const ResumeInfo> info);
  /// Null if nothing is remembered.
  std::shared_ptr<const ResumeInfo> Get(std::string_view table_id);

 private:
  struct Item {
    std::string id;
    std::shared_ptr<const ResumeInfo> info;
  };
  const size_t points_max_;
  Mutex mutex_;
  std::list<Item> items_ TARN_GUARDED_BY(mutex_);
  /// Keys lie in items_.
  std::unordered_map<std::string_view, std::list<Item>::iterator> by_id_ TARN_GUARDED_BY(mutex_);
  size_t points_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::sst
