// Objects in S3, or in a store that speaks its protocol. Level 3; thread-safe.
//
// Every call but Put and a writer's is one attempt: RetryStore (block/layers) makes it again. What
// is stored is sent again here. What is visible is durable. Keys are the addresses as they are
// (docs/formats/address.md); all requests are those of the S3 API reference.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "block/layers/retry_store.h"
#include "block/object_store.h"
#include "block/remote/key_lister.h"
#include "block/s3/client.h"
#include "block/s3/client_uploads.h"
#include "block/s3/encryption.h"
#include "block/s3/s3_writer.h"
#include "http/aws/credential_sources.h"
#include "http/byte_budget.h"
#include "runtime/worker_pool.h"

namespace tarn::block {

/// Of the buffers of all writers together: 128 uploads of large objects at a time.
inline constexpr int64_t kUploadBytesMax = int64_t{1} << 30;

struct S3StoreOptions {
  s3::ClientOptions client;
  int64_t credential_window_seconds = 300;  ///< So long before their end keys are renewed.
  s3::Encryption encryption;
  RetryOptions retry;  ///< Of what is stored.
  int64_t upload_bytes_max = kUploadBytesMax;
  bool pre_signed = true;
  bool pre_signed_ui = false;
  bool pre_signed_multipart = true;
  int64_t pre_signed_seconds = 900;
  std::string default_namespace_prefix;
};

class S3Store final : public ObjectStore {
 public:
  /// Clock and randomness outlive the store. Nothing is asked yet.
  S3Store(S3StoreOptions options, std::unique_ptr<http::aws::CredentialSource> credentials,
          Clock& clock, Random& random);

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
  /// kUnsupported for parts: those of client_uploads().
  Result<PresignedUrl> Presign(const PresignRequest& request) override;
  ClientUploads* client_uploads() override {
    return info_.presign_multipart_support ? &client_uploads_ : nullptr;
  }
  Result<std::optional<std::string>> StorageClass(const ObjectPointer& object) override;
  Result<std::optional<std::string>> Region(std::string_view storage_namespace) override;
  Result<std::string> FormatAddress(const ObjectPointer& object) const override;
  Status CheckAddress(const ObjectPointer& object) const override;
  Result<std::string> Locate(const ObjectPointer& object) const override;
  Result<std::string> LocateSource(std::string_view source_uri) const override;

 private:
  const S3StoreOptions options_;
  StoreInfo info_;
  s3::Client client_;
  Retrier retrier_;
  http::ByteBudget upload_budget_;
  runtime::WorkerPool listing_{remote::ListingPoolOptions()};
  s3::S3ClientUploads client_uploads_;
};

}  // namespace tarn::block
