// The keys of a bucket of S3 below a prefix, and walks over them (block/remote/key_lister.h). Level
// 3; one thread at a time, and the client outlives them.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "block/listing.h"
#include "block/remote/key_lister.h"
#include "block/s3/client.h"

namespace tarn::block::s3 {

using remote::kEmptyPagesMax;
using remote::KeyLister;
using remote::kListKeysMax;
using remote::ListedKey;

/// As remote::ListKeys.
Result<std::unique_ptr<KeyLister>> ListKeys(Client& client, std::string_view bucket,
                                            std::string_view prefix, std::string_view after,
                                            const remote::ListOptions& options = {});

/// ObjectStore::Walk; the pool lists ahead, and outlives the walk. kInvalidAddress, kDataNotFound.
Result<std::unique_ptr<ObjectWalker>> Walk(Client& client, const WalkRequest& request,
                                           runtime::WorkerPool& pool);

}  // namespace tarn::block::s3
