// What a driver of a store that lists keys adds to the listings of this folder: single pages.
// Level 3.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::block::remote {

struct ListedKey {
  std::string key;
  int64_t size = 0;  ///< Bytes.
  Timestamp last_modified;
  std::string entity_tag;  ///< Without quotes.
};

/// What is known about a store's order, by what it says it is.
enum class ListOrder : uint8_t {
  kUnknown,   ///< Expected to be that of bytes; refused as soon as it is not.
  kBytes,     ///< Certainly that of bytes, from any key on that is asked for.
  kByFolder,  ///< Folder by folder: "a/b" before "a b".
};

/// What a store answers to a question for keys.
struct ListAnswer {
  std::vector<ListedKey> keys;
  std::vector<std::string> prefixes;  ///< Of "folders", up to the delimiter.
  std::string continuation;           ///< Of the next page; empty: this is the last.
  ListOrder order = ListOrder::kUnknown;
};

/// What is asked for. Borrowed.
struct PageRequest {
  std::string_view prefix, delimiter;
  std::string_view after;  ///< Only keys larger than this one: the same for all pages.
  std::string_view continuation;
  /// Asked while the store is waited for; true ends the request with kCancelled. Not null when a
  /// page is fetched.
  std::function<bool()> is_abandoned = nullptr;
};

/// Where the pages of one bucket come from. Thread-safe.
class PageSource {
 public:
  virtual ~PageSource() = default;
  virtual Result<ListAnswer> Fetch(const PageRequest& asked) = 0;
  virtual std::string_view bucket() const = 0;  ///< For messages.
};

/// Of a page.
inline constexpr int kListKeysMax = 1000;
/// Pages in a row that bring nothing new and name a next one: of a store that never ends.
inline constexpr int kEmptyPagesMax = 100;

}  // namespace tarn::block::remote
