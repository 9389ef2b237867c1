// One page of the records under a key prefix, by name. Level 5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kv/store.h"
#include "refs/keys.h"
#include "refs/types.h"

namespace tarn::refs {

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

}  // namespace tarn::refs
