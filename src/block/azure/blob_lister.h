// The blobs of a container, page by page, for walks and for pages of a namespace. Level 3; one
// thread at a time, and the client outlives what is made.
//
// The service cannot be asked to begin after a name: a page goes on by the marker that the page
// before came with, and a walk that begins in the middle reads what lies before and drops it. It
// lists in byte order, but where an account has folders (a hierarchical namespace): that is refused
// as soon as it is seen.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "block/azure/client.h"
#include "block/azure/location.h"
#include "block/listing.h"
#include "block/remote/key_lister.h"

namespace tarn::block::azure {

/// The blobs whose names begin with that of the location, from the first after `after`.
Result<std::unique_ptr<remote::KeyLister>> ListBlobs(Client& client, const Location& source,
                                                     std::string_view after,
                                                     const remote::ListOptions& options);

/// ObjectStore::List. `base`: the container, and what the blobs of the namespace begin with.
Result<ObjectPage> ListPage(Client& client, const Location& base, const ListRequest& request);

}  // namespace tarn::block::azure
