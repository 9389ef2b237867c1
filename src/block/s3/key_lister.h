// The keys below a prefix, in byte order whatever the store's own order is. Level 3; one thread at
// a time, and the client outlives it.
//
// S3 lists in byte order. SeaweedFS lists folder by folder ("a/b" before "a b"): there each folder
// is listed by itself, and its place among its neighbours is that of its name with the slash. So
// memory is bounded by a page per level. A store that says nothing and yet gives a key after a
// larger one is refused, and so is one whose pages go on without bringing anything.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "block/s3/answers.h"
#include "block/s3/client.h"

namespace tarn::block::s3 {

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
Result<std::unique_ptr<KeyLister>> ListKeys(Client& client, std::string_view bucket,
                                            std::string_view prefix, std::string_view after,
                                            const std::function<bool()>& stop = nullptr);

}  // namespace tarn::block::s3
