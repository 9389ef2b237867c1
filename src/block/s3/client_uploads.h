// ClientUploads of S3: its own uploads in parts. Level 3; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "block/client_uploads.h"
#include "block/layers/retry_store.h"
#include "block/s3/client.h"
#include "block/s3/encryption.h"

namespace tarn::block::s3 {

class S3ClientUploads final : public ClientUploads {
 public:
  /// All outlive it.
  S3ClientUploads(Client& client, Retrier& retrier, const Encryption& encryption,
                  int64_t presigned_seconds)
      : client_(client),
        retrier_(retrier),
        encryption_(encryption),
        presigned_seconds_(presigned_seconds) {}

  Result<std::string> Begin(const ObjectPointer& object) override;
  Result<PresignedUrl> PresignPart(const ClientUpload& upload, int64_t number) override;
  Result<std::string> CopyPart(const ClientUpload& upload, int64_t number,
                               const ObjectPointer& from, const ResolvedRange& range) override;
  Result<ObjectProperties> Complete(const ClientUpload& upload,
                                    std::span<const PartTag> parts) override;
  Status Abort(const ClientUpload& upload) override;

 private:
  Client& client_;
  Retrier& retrier_;
  const Encryption& encryption_;
  const int64_t presigned_seconds_;
};

}  // namespace tarn::block::s3
