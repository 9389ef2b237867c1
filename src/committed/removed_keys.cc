#include "committed/removed_keys.h"

#include <algorithm>
#include <utility>

#include "iter/sorted_iterator.h"

namespace tarn::committed {
namespace {

using Interval = RemovedKeys::Interval;

Interval OfPrefix(const std::string& prefix) {
  std::string end = PrefixEnd(prefix);
  if (end.empty()) return {prefix, std::nullopt};
  return {prefix, std::move(end)};
}

Interval OfKey(const std::string& key) { return {key, key + '\0'}; }

bool EndsBefore(const Interval& interval, std::string_view key) {
  return interval.end && *interval.end <= key;
}

}  // namespace

RemovedKeys::RemovedKeys(const std::vector<std::string>& prefixes,
                         const std::vector<std::string>& keys) {
  std::vector<Interval> all;
  for (const std::string& prefix : prefixes) all.push_back(OfPrefix(prefix));
  for (const std::string& key : keys) all.push_back(OfKey(key));
  std::sort(all.begin(), all.end(),
            [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  for (Interval& next : all) {
    if (intervals_.empty() || (intervals_.back().end && *intervals_.back().end < next.begin)) {
      intervals_.push_back(std::move(next));
      continue;
    }
    std::optional<std::string>& end = intervals_.back().end;
    if (end && (!next.end || *next.end > *end)) end = std::move(next.end);
  }
}

const RemovedKeys::Interval* RemovedKeys::Holding(std::string_view key) const {
  auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), key,
      [](std::string_view wanted, const Interval& interval) { return wanted < interval.begin; });
  if (after == intervals_.begin()) return nullptr;
  const Interval& candidate = *std::prev(after);
  return EndsBefore(candidate, key) ? nullptr : &candidate;
}

bool RemovedKeys::Touches(std::string_view min, std::string_view max) const {
  if (Holding(min) != nullptr) return true;
  std::optional<std::string_view> next = NextBegin(min);
  return next && *next <= max;
}

bool RemovedKeys::Covers(std::string_view min, std::string_view max) const {
  const Interval* holding = Holding(min);
  return holding != nullptr && !EndsBefore(*holding, max);
}

std::optional<std::string_view> RemovedKeys::NextBegin(std::string_view key) const {
  auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), key,
      [](std::string_view wanted, const Interval& interval) { return wanted < interval.begin; });
  if (after == intervals_.end()) return std::nullopt;
  return after->begin;
}

}  // namespace tarn::committed
