// Reading from S3: properties, and ranges (block/remote/object_ranges.h). Level 3.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "block/remote/object_ranges.h"
#include "block/s3/client.h"
#include "block/s3/location.h"

namespace tarn::block::s3 {

/// HeadObject; nothing when absent. Entity tags have their quotes, as they are sent back.
Result<std::optional<ObjectProperties>> Stat(Client& client, const Location& location);

/// GetObject of an object.
class S3Ranges final : public remote::RangeSource {
 public:
  /// The client outlives it.
  S3Ranges(Client& client, Location location) : client_(client), location_(std::move(location)) {}

  Result<std::unique_ptr<Answer>> Get(const std::string& range,
                                      const std::string& entity_tag) override;
  Result<std::optional<ObjectProperties>> Stat() override { return s3::Stat(client_, location_); }
  Result<ObjectProperties> ReadHead(const Answer& answer, int64_t size) override;
  std::string name() const override;

 private:
  Client& client_;
  const Location location_;
};

}  // namespace tarn::block::s3
