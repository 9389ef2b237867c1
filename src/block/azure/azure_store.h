// Objects in the Blob service of Azure. Level 3; thread-safe.
//
// Every call but Put and a writer's is one attempt: RetryStore (block/layers) makes it again. What
// is stored is sent again here. What is visible is durable. Addresses are URLs of blobs
// (block/azure/location.h); all requests are those of the Azure Storage REST reference.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "block/azure/block_upload.h"
#include "block/azure/client.h"
#include "block/azure/tokens.h"
#include "block/layers/retry_store.h"
#include "block/object_store.h"
#include "block/remote/key_lister.h"
#include "http/byte_budget.h"
#include "runtime/worker_pool.h"

namespace tarn::block {

struct AzureStoreOptions {
  azure::ClientOptions client;
  RetryOptions retry;                           ///< Of what is stored.
  int64_t upload_bytes_max = int64_t{1} << 30;  ///< Of the buffers of all writers together.
  bool pre_signed = true;
  bool pre_signed_ui = false;
  std::string default_namespace_prefix;
};

class AzureStore final : public ObjectStore {
 public:
  /// Clock and randomness outlive the store. Nothing is asked yet.
  AzureStore(AzureStoreOptions options, std::unique_ptr<azure::TokenSource> tokens, Clock& clock,
             Random& random);

  const StoreInfo& info() const override { return info_; }
  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override;
  Result<ObjectProperties> Put(const ObjectPointer& object, std::string_view bytes,
                               const WriteOptions& options) override;
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override;
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override;
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override;
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override;
  Status Remove(const ObjectPointer& object) override;
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override;
  Result<ObjectPage> List(const ListRequest& request) override;
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override;
  /// kUnsupported for parts: they are objects that the server names.
  Result<PresignedUrl> Presign(const PresignRequest& request) override;
  /// The access tier.
  Result<std::optional<std::string>> StorageClass(const ObjectPointer& object) override;
  Result<std::string> FormatAddress(const ObjectPointer& object) const override;
  Status CheckAddress(const ObjectPointer& object) const override;
  Result<std::string> Locate(const ObjectPointer& object) const override;
  Result<std::string> LocateSource(std::string_view source_uri) const override;

 private:
  const std::string& domain() const { return options_.client.domain; }
  Result<azure::Location> LocationOf(const ObjectPointer& object) const;
  azure::UploadTools tools() { return {client_, retrier_, random_}; }
  Result<ObjectProperties> CopyThrough(const ObjectPointer& from, azure::Location to);

  const AzureStoreOptions options_;
  StoreInfo info_;
  azure::Client client_;
  Random& random_;
  Retrier retrier_;
  http::ByteBudget upload_budget_;
  runtime::WorkerPool listing_{remote::ListingPoolOptions()};
};

}  // namespace tarn::block
