// Objects in Google Cloud Storage. Level 3; thread-safe.
//
// Every call but Put, Copy and a writer's is one attempt: RetryStore (block/layers) makes it again.
// What is stored or copied is sent again here. What is visible is durable, and listings show all of
// it. Keys are the addresses as they are (docs/formats/address.md). An object's entity tag is its
// generation; the checksum that imports record is its MD5, which objects that the store put
// together itself do not have.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "block/gs/client.h"
#include "block/gs/upload.h"
#include "block/object_store.h"
#include "block/remote/key_lister.h"
#include "http/byte_budget.h"
#include "runtime/worker_pool.h"

namespace tarn::block {

struct GsStoreOptions {
  gs::Endpoint endpoint;
  http::ClientOptions transport;
  gs::Encryption encryption;
  RetryOptions retry;                           ///< Of what is stored.
  int64_t upload_bytes_max = int64_t{1} << 30;  ///< Of the buffers of all writers together.
  bool pre_signed = true;
  bool pre_signed_ui = false;
  int64_t pre_signed_seconds = 900;
  std::string default_namespace_prefix;
};

class GsStore final : public ObjectStore {
 public:
  /// Clock and randomness outlive the store. Nothing is asked yet.
  GsStore(GsStoreOptions options, gs::Credentials credentials, Clock& clock, Random& random);

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
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override;
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override;
  Result<ObjectPage> List(const ListRequest& request) override;
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override;
  /// kUnsupported for parts, which are objects that the server names; with a customer key, which
  /// would be in the URL; and without the key of a service account.
  Result<PresignedUrl> Presign(const PresignRequest& request) override;
  /// Nothing, as in the reference; errors of CheckAddress.
  Result<std::optional<std::string>> StorageClass(const ObjectPointer& object) override;
  Result<std::string> FormatAddress(const ObjectPointer& object) const override;
  Status CheckAddress(const ObjectPointer& object) const override;
  Result<std::string> Locate(const ObjectPointer& object) const override;
  Result<std::string> LocateSource(std::string_view source_uri) const override;

 private:
  gs::UploadTools tools() { return {client_, retrier_, options_.encryption, random_}; }

  const GsStoreOptions options_;
  StoreInfo info_;
  const std::optional<gs::ServiceAccount> account_;
  Clock& clock_;
  Random& random_;
  gs::Client client_;
  Retrier retrier_;
  http::ByteBudget upload_budget_;
  runtime::WorkerPool listing_{remote::ListingPoolOptions()};
};

}  // namespace tarn::block
