// Blobs that are there: looking at them, reading and removing them. Level 3; thread-safe, and the
// client outlives what is made.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "block/azure/client.h"
#include "block/azure/location.h"
#include "block/object_io.h"
#include "block/remote/object_ranges.h"

namespace tarn::block::azure {

/// Of an answer about a blob, apart from its size. Entity tags have their quotes, as they are sent
/// back.
Result<ObjectProperties> ReadProperties(const Answer& answer, const Location& location,
                                        int64_t size);

struct BlobHead {
  ObjectProperties properties;
  std::string content_md5;  ///< In base64; empty where the store has none.
};
/// Get Blob Properties; nothing when absent.
Result<std::optional<BlobHead>> Look(Client& client, const Location& location);

/// Get Blob.
class BlobRanges final : public remote::RangeSource {
 public:
  BlobRanges(Client& client, Location location) : client_(client), location_(std::move(location)) {}
  Result<std::unique_ptr<Answer>> Get(const std::string& range,
                                      const std::string& entity_tag) override;
  Result<std::optional<ObjectProperties>> Stat() override;
  Result<ObjectProperties> ReadHead(const Answer& answer, int64_t size) override;
  std::string name() const override;

 private:
  Status CountFromTheBeginning(std::string* range, std::string* entity_tag);

  Client& client_;
  const Location location_;
};

/// Delete Blob; absent is success.
Status DeleteBlob(Client& client, const Location& location);

}  // namespace tarn::block::azure
