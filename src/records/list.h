// Reading the records under a key prefix: page by page for listings, or all of them. Level 4.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kv/store.h"
#include "records/layout.h"

namespace tarn::records {

/// A page of a listing.
template <class T>
struct Page {
  std::vector<T> items;
  bool has_more = false;
};

/// Bounds of a listing by name: names that start with `prefix` and come after `after`.
struct PageRequest {
  std::string prefix;
  std::string after;  ///< Exclusive; empty: from the start.
  int amount = 100;   ///< Items wanted, at least one.
};

/// Reads records of `key_prefix` whose names fit the request. `decode(bytes)` gives a
/// Result<std::optional<T>>: nothing for a record that is not to be listed.
template <class T, class Decode>
Result<Page<T>> ListRecords(kv::Store& kv, std::string_view partition, std::string_view key_prefix,
                            const PageRequest& request, const Decode& decode) {
  Page<T> page;
  TARN_TRY_ASSIGN(auto it, kv.Scan(partition, Key(key_prefix, request.prefix)));
  const std::string after = request.after.empty() ? "" : Key(key_prefix, request.after);
  TARN_TRY(it->Seek(after));
  while (it->Valid()) {
    if (it->key() != after) {
      TARN_TRY_ASSIGN(std::optional<T> item, decode(it->value()));
      if (item) {
        if (page.items.size() >= static_cast<size_t>(std::max(request.amount, 1))) {
          page.has_more = true;
          break;
        }
        page.items.push_back(*std::move(item));
      }
    }
    TARN_TRY(it->Next());
  }
  return page;
}

using RecordVisitor = std::function<Status(std::string_view key, std::string_view bytes)>;
/// Calls `visit` for each record of `key_prefix`, ascending. What is written meanwhile may
/// be among them (kv::ScanKind). An error of `visit` ends it.
Status ForEachRecord(kv::Store& kv, std::string_view partition, std::string_view key_prefix,
                     const RecordVisitor& visit);

}  // namespace tarn::records
