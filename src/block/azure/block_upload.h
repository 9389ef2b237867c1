// Storing blobs: a small one with one request, a larger one as blocks, which the service joins when
// it is told their list. Level 3; one thread at a time. Every call is made again while that can
// help.
//
// The id of a block is the base64 of 64 bytes: a UUID of the upload, the block's number in four
// bytes, the most significant first, and zeros; as the reference makes them, so that blocks of both
// may be staged for one blob (all ids of a blob are of one length). Blocks that are not used are
// gone after a week.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "block/azure/client.h"
#include "block/azure/location.h"
#include "block/layers/retry_store.h"
#include "block/object_io.h"
#include "block/remote/part_writer.h"

namespace tarn::block::azure {

inline constexpr int64_t kBlocksMax = 50'000;
/// Of a copy by the service with one request.
inline constexpr int64_t kCopyBytesMax = int64_t{256} << 20;

/// What writers and copies share; all outlive them.
struct UploadTools {
  Client& client;
  Retrier& retrier;
  Random& random;
};

/// Of a request that copies bytes of another blob, which must still have that entity tag: whence,
/// by a signed URL.
Result<Pairs> CopySourceHeaders(Client& client, const Location& from,
                                const std::string& entity_tag);
/// Why such a request failed: kIo when the source was replaced.
Status CopyFailure(Status failure);

class BlockUpload final : public remote::PartUpload {
 public:
  BlockUpload(const UploadTools& tools, Location location);

  /// Put Blob. Where the answer was lost and the repeated request is refused, the blob is looked
  /// at.
  Result<ObjectProperties> Put(std::string_view bytes, bool create_only) override;

  bool has_begun() const override { return has_begun_; }
  int part_count() const override { return static_cast<int>(ids_.size()); }
  Status Begin(bool create_only) override;
  /// Put Block. kTooLarge after kBlocksMax blocks.
  Status AddPart(std::string_view bytes) override;
  /// Put Block From URL, as large as kCopyBytesMax at most. kDataNotFound; kIo when the source was
  /// replaced; kUnsupported.
  Status CopyPart(const Location& from, const std::string& entity_tag, int64_t offset,
                  int64_t length);
  /// Put Block List.
  Result<ObjectProperties> Complete(std::string_view rest, bool create_only) override;

 private:
  Result<std::string> NextId() const;
  Result<ObjectProperties> PutOnce(std::string_view bytes, bool create_only);
  Result<ObjectProperties> CompleteOnce(bool create_only);
  Result<ObjectProperties> LookWhetherOurs(bool create_only);

  const UploadTools tools_;
  const Location location_;
  std::string uuid_;  // 16 bytes
  std::vector<std::string> ids_;
  int64_t size_ = 0;
  bool has_begun_ = false;
};

}  // namespace tarn::block::azure
