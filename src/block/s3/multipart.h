// An upload in parts: S3 gets an object piece by piece and shows it when it is complete. Level 3;
// one thread at a time. Every call is made again while that can help; a part is sent from the
// caller's buffer, so that it can be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "block/layers/retry_store.h"
#include "block/object_io.h"
#include "block/remote/part_writer.h"
#include "block/s3/answers.h"
#include "block/s3/client.h"
#include "block/s3/encryption.h"
#include "block/s3/location.h"
#include "block/s3/upload_requests.h"

namespace tarn::block::s3 {

inline constexpr int kPartsMax = 10'000;
/// Of each part but the last.
inline constexpr int64_t kPartBytesMin = 5 << 20;
/// Of a part, and of an object that is stored or copied with one request.
inline constexpr int64_t kPartBytesMax = int64_t{5} << 30;

class MultipartUpload final : public remote::PartUpload {
 public:
  /// All but the location outlive the upload.
  MultipartUpload(Client& client, Retrier& retrier, Location location, const Encryption& encryption)
      : client_(client),
        retrier_(retrier),
        location_(std::move(location)),
        encryption_(encryption) {}
  /// Ends it without an object, if it was begun and not completed.
  ~MultipartUpload() override;
  MultipartUpload(const MultipartUpload&) = delete;
  MultipartUpload& operator=(const MultipartUpload&) = delete;

  Result<ObjectProperties> Put(std::string_view bytes, bool create_only) override;

  bool has_begun() const override { return !id_.empty(); }
  int part_count() const override { return static_cast<int>(parts_.size()); }
  Status Begin(bool create_only) override;
  /// kTooLarge after kPartsMax parts.
  Status AddPart(std::string_view bytes) override;
  /// A part that the store copies from the object with that entity tag; empty: any. kDataNotFound;
  /// kIo when it was replaced.
  Status CopyPart(const Location& from, const std::string& entity_tag, int64_t offset,
                  int64_t length);
  /// Makes the object. Where the answer to an attempt was lost and the next one is refused, the
  /// object is looked at: it may be ours. kAlreadyExists if it was to be new.
  Result<ObjectProperties> Complete(std::string_view rest, bool create_only) override;

 private:
  UploadTarget target() const { return {client_, retrier_, location_, id_}; }
  Result<ObjectProperties> CompleteParts(bool create_only);
  Status CheckRoom() const;
  Result<bool> IsOurs(ObjectProperties* properties);

  Client& client_;
  Retrier& retrier_;
  const Location location_;
  const Encryption& encryption_;
  std::string id_;
  std::vector<PartTag> parts_;
  int64_t size_ = 0;
  bool is_complete_ = false;
};

}  // namespace tarn::block::s3
