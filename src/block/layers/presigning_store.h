// Presigned URLs for a store that has none of its own: whoever hands its objects out makes them.
// Level 3; thread-safe.
#pragma once

#include <memory>
#include <utility>

#include "block/layers/forwarding_store.h"

namespace tarn::block {

class PresigningStore final : public ForwardingStore {
 public:
  PresigningStore(std::unique_ptr<ObjectStore> under, PresignFunction presign)
      : ForwardingStore(std::move(under)),
        info_(ForwardingStore::info()),
        presign_(std::move(presign)) {
    info_.presign_support = true;
    info_.presign_multipart_support = true;
  }

  const StoreInfo& info() const override { return info_; }
  Result<PresignedUrl> Presign(const PresignRequest& request) override { return presign_(request); }

 private:
  StoreInfo info_;
  const PresignFunction presign_;
};

}  // namespace tarn::block
