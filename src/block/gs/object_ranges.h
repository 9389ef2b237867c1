// Reading from Google Cloud Storage: properties, and ranges (block/remote/object_ranges.h).
// Level 3.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "block/gs/client.h"
#include "block/gs/objects.h"
#include "block/remote/object_ranges.h"

namespace tarn::block::gs {

/// objects.get; nothing when absent.
Result<std::optional<StoredObject>> Stat(Client& client, const Location& location);

/// The bytes of an object, as it is stored: what was stored compressed is not decompressed. The
/// entity tag is the generation. All outlive it but the location.
class GsRanges final : public remote::RangeSource {
 public:
  GsRanges(Client& client, Location location, const Encryption& encryption)
      : client_(client), location_(std::move(location)), encryption_(encryption) {}

  Result<std::unique_ptr<Answer>> Get(const std::string& range,
                                      const std::string& entity_tag) override;
  Result<std::optional<ObjectProperties>> Stat() override;
  Result<ObjectProperties> ReadHead(const Answer& answer, int64_t size) override;
  std::string name() const override;

 private:
  Client& client_;
  const Location location_;
  const Encryption& encryption_;
};

}  // namespace tarn::block::gs
