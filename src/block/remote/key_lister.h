// The keys below a prefix, in byte order whatever the store's own order is. What a driver adds is
// PageSource. Level 3; one thread at a time.
//
// Clouds list in byte order. SeaweedFS lists folder by folder ("a/b" before "a b"): there each
// folder is listed by itself, and its place among its neighbours is that of its name with the
// slash. So memory is bounded by a page per level. A store that says nothing and yet gives a key
// after a larger one is refused, and so is one whose pages go on without bringing anything.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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

/// What a store answers to a question for keys.
struct ListAnswer {
  std::vector<ListedKey> keys;
  std::vector<std::string> prefixes;  ///< Of "folders", up to the delimiter.
  std::string continuation;           ///< Of the next page; empty: this is the last.
  bool is_by_folder = false;          ///< The store says that it is one that lists so.
};

/// What is asked for. Borrowed.
struct PageRequest {
  std::string_view prefix, delimiter;
  std::string_view after;  ///< Only keys larger than this one: the same for all pages.
  std::string_view continuation;
};

/// Where the pages of one bucket come from.
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

class KeyLister {
 public:
  virtual ~KeyLister() = default;
  /// The next keys; none at the end. kIo, also for a store whose order cannot be trusted.
  virtual Result<std::vector<ListedKey>> Next() = 0;
};

/// Begins with the first key after `after`. Asks for the first page. `stop` is asked before each
/// page; true ends the listing with kCancelled.
Result<std::unique_ptr<KeyLister>> ListKeys(std::unique_ptr<PageSource> source,
                                            std::string_view prefix, std::string_view after,
                                            std::function<bool()> stop = nullptr);

}  // namespace tarn::block::remote
