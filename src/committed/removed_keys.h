// A set of keys given as prefixes and single keys, kept as disjoint intervals: what an import takes
// out of a tree.
//
// Level 5; immutable after construction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::committed {

class RemovedKeys {
 public:
  /// The keys from `begin` up to but not including `end`; without an end, all that follow.
  struct Interval {
    std::string begin;
    std::optional<std::string> end;
  };

  RemovedKeys(const std::vector<std::string>& prefixes, const std::vector<std::string>& keys);

  /// The interval that holds `key`, or null.
  const Interval* Holding(std::string_view key) const;
  /// True if some key of [min, max] may be in the set.
  bool Touches(std::string_view min, std::string_view max) const;
  /// True if every key of [min, max] is in the set.
  bool Covers(std::string_view min, std::string_view max) const;
  /// The first key after `key` at which an interval begins, or nothing.
  std::optional<std::string_view> NextBegin(std::string_view key) const;

 private:
  std::vector<Interval> intervals_;  // ascending, disjoint
};

}  // namespace tarn::committed
