// Walks over the objects of an import source in a store that lists keys. Level 3; as ObjectWalker
// says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/listing.h"
#include "block/remote/key_lister.h"

namespace tarn::block::remote {

/// How a driver finds what is walked over.
struct WalkSource {
  std::string key;         ///< What the keys of the source begin with, or its only key.
  std::string uri_prefix;  ///< What stands before a key in an address: "s3://bucket/".
  /// How a key is written there; null: as it is.
  std::string (*escape)(std::string_view key) = nullptr;
  /// The keys that begin with `key`, from the first after `after`.
  std::function<Result<std::unique_ptr<KeyLister>>(std::string_view after)> list;
  /// The one object; nothing when absent.
  std::function<Result<std::optional<ListedKey>>()> stat;
};

/// What the source's functions borrow outlives the walker, and not its batches. A walk over
/// an object that is absent finds nothing.
Result<std::unique_ptr<ObjectWalker>> Walk(const WalkSource& source, const WalkRequest& request);

}  // namespace tarn::block::remote
