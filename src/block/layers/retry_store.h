// Makes calls again whose failure says that this can help (Retry::kLater), after pauses that grow
// and vary by chance. kSlowDown that does not pass is kIo in the end. Level 3; thread-safe.
//
// What was carried out although its answer was lost is no harm: reads, removals, listings and
// copies can be made twice. A stream goes on where it broke off; a walk starts again behind the
// batches that it gave. Writers and Put are let be: a driver sends their bytes again itself, and
// knows whether an object that was to be new and is there is its own. On a thread that must not
// wait a passing failure is kWouldBlock.
#pragma once

#include <memory>
#include <utility>

#include "base/retrier.h"
#include "block/layers/forwarding_store.h"

namespace tarn::block {

class RetryStore final : public ForwardingStore {
 public:
  /// `random` outlives the store.
  RetryStore(std::unique_ptr<ObjectStore> under, RetryOptions options, Random& random)
      : ForwardingStore(std::move(under)), retrier_(std::move(options), random) {}

  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override;
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override;
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override;
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override;
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override;
  Status Remove(const ObjectPointer& object) override;
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override;
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override;
  Result<ObjectPage> List(const ListRequest& request) override;
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override;
  Result<PresignedUrl> Presign(const PresignRequest& request) override;
  Result<std::optional<std::string>> StorageClass(const ObjectPointer& object) override;
  Result<std::optional<std::string>> Region(std::string_view storage_namespace) override;

 private:
  Retrier retrier_;
};

}  // namespace tarn::block
