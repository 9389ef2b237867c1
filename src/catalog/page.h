// Pages over sorted paths, with a delimiter: objects one by one, common prefixes as one item each.
// Shared by listings and differences. Level 7.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/utf8.h"
#include "iter/sorted_iterator.h"

namespace tarn::catalog {

/// What a page covers: paths that start with `prefix` and come after `after`. An `after` that names
/// a common prefix continues behind all of it.
struct PageBounds {
  std::string_view prefix, after, delimiter;
  size_t amount = 0;
};

/// A page goes on behind an item that is not UTF-8, since no token could name it: by this many
/// items at most. Such paths are only taken over from elsewhere (refs::CheckNewPath).
inline constexpr size_t kUnnamedItemsMax = 10'000;

struct PageEnd {
  size_t items = 0;
  bool has_more = false;
  std::string last;  ///< Path of the last item.
};

/// Walks `source` (unseeked) over one page. `on_object(key, value)` and `on_prefix(prefix)` return
/// a Status each. A common prefix is stepped over by one seek, however much lies below it.
template <SortedIterator It, class OnObject, class OnPrefix>
Result<PageEnd> WalkPage(It& source, const PageBounds& bounds, OnObject&& on_object,
                         OnPrefix&& on_prefix) {
  PageEnd end;
  std::string common;
  size_t amount = bounds.amount;
  TARN_TRY(source.Seek(std::max(bounds.prefix, bounds.after)));
  while (source.Valid() && source.key().starts_with(bounds.prefix)) {
    const std::string_view key = source.key();
    const size_t found = bounds.delimiter.empty()
                             ? std::string_view::npos
                             : key.find(bounds.delimiter, bounds.prefix.size());
    const bool is_prefix = found != std::string_view::npos;
    const std::string_view path = is_prefix ? key.substr(0, found + bounds.delimiter.size()) : key;
    if (bounds.after.empty() || path != bounds.after) {
      if (end.items == amount) {
        end.has_more = true;
        return end;
      }
      if (is_prefix) {
        TARN_TRY(on_prefix(path));
      } else {
        TARN_TRY(on_object(key, source.value()));
      }
      if (++end.items == amount) {
        end.last = path;
        if (!IsValidUtf8(path) && amount - bounds.amount < kUnnamedItemsMax) ++amount;
      }
    }
    if (!is_prefix) {
      TARN_TRY(source.Next());
      continue;
    }
    common = PrefixEnd(path);
    if (common.empty()) break;  // Nothing can follow a prefix of 0xff bytes only.
    TARN_TRY(source.Seek(common));
  }
  return end;
}

}  // namespace tarn::catalog
