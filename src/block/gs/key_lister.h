// The keys of a bucket of Google Cloud Storage below a prefix, and walks over them
// (block/remote/key_lister.h). Level 3; one thread at a time, and the client outlives them.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "block/gs/client.h"
#include "block/listing.h"
#include "block/remote/key_lister.h"

namespace tarn::block::gs {

/// As remote::ListKeys.
Result<std::unique_ptr<remote::KeyLister>> ListKeys(Client& client, std::string_view bucket,
                                                    std::string_view prefix, std::string_view after,
                                                    const remote::ListOptions& options = {});

/// ObjectStore::Walk; the pool lists ahead, and outlives the walk. kInvalidAddress, kDataNotFound.
Result<std::unique_ptr<ObjectWalker>> Walk(Client& client, const WalkRequest& request,
                                           runtime::WorkerPool& pool);

}  // namespace tarn::block::gs
