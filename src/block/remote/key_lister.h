// The keys below a prefix, in byte order whatever the store's own order is. What a driver adds is
// PageSource. Level 3; one thread at a time.
//
// Clouds list in byte order. SeaweedFS lists folder by folder ("a/b" before "a b"): there each
// folder is listed by itself, and its place among its neighbours is that of its name with the
// slash. A store that says nothing and yet gives a key after a larger one is refused, and so is one
// whose pages go on without bringing anything.
//
// With a pool, pages are fetched ahead, in parallel: of folders that come next, or of spans between
// keys that are guessed. Memory is bounded by some tens of pages.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "block/remote/page_source.h"
#include "runtime/worker_pool.h"

namespace tarn::block::remote {

class KeyLister {
 public:
  virtual ~KeyLister() = default;
  /// The next keys; none at the end. kIo, also for a store whose order cannot be trusted.
  virtual Result<std::vector<ListedKey>> Next() = 0;
};

struct ListOptions {
  std::function<bool()> stop = nullptr;  ///< True ends the listing with kCancelled, soon.
  runtime::WorkerPool* pool = nullptr;   ///< Fetches ahead; outlives the lister. Null: nothing is.
};

/// Of the pool that all walks of one store list ahead with.
runtime::WorkerPoolOptions ListingPoolOptions();

/// Begins with the first key after `after`. Asks for the first page.
Result<std::unique_ptr<KeyLister>> ListKeys(std::unique_ptr<PageSource> source,
                                            std::string_view prefix, std::string_view after,
                                            const ListOptions& options = {});

}  // namespace tarn::block::remote
