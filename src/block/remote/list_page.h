// ObjectStore::List of a store that lists keys. Level 3.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/listing.h"
#include "block/remote/key_lister.h"

namespace tarn::block::remote {

/// The keys that begin with `prefix`, from the first after `after`.
using ListFunction = std::function<Result<std::unique_ptr<KeyLister>>(std::string_view prefix,
                                                                      std::string_view after)>;

/// `base`: what the keys of the namespace begin with, up to and with the last '/'.
Result<ObjectPage> ListPage(const std::string& base, const ListRequest& request,
                            const ListFunction& list);

}  // namespace tarn::block::remote
