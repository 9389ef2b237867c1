// Reading from S3: properties, streams of a range, and positioned reads over such streams. Level 3;
// streams and readers belong to one thread at a time, and the client outlives them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "block/object_io.h"
#include "block/s3/client.h"
#include "block/s3/location.h"

namespace tarn::block::s3 {

/// HeadObject; nothing when absent. Entity tags have their quotes, as they are sent back.
Result<std::optional<ObjectProperties>> Stat(Client& client, const Location& location);

/// GetObject of a range, on its way. A read that ends early is kSlowDown.
class RangeStream final : public ObjectStream {
 public:
  /// `if_match`: the entity tag that the object must still have; empty: any. kDataNotFound; kIo
  /// when it was replaced.
  static Result<std::unique_ptr<RangeStream>> Open(Client& client, const Location& location,
                                                   const ByteRange& range,
                                                   const std::string& if_match);

  ObjectProperties properties() const override { return properties_; }
  Result<size_t> Read(std::span<char> out) override;
  int64_t offset() const { return rest_.offset; }  ///< Of the next byte in the object.
  int64_t remaining() const { return rest_.length; }

 private:
  RangeStream(ObjectProperties properties, ResolvedRange rest, std::unique_ptr<Answer> answer)
      : properties_(std::move(properties)), rest_(rest), answer_(std::move(answer)) {}

  const ObjectProperties properties_;
  ResolvedRange rest_;
  std::unique_ptr<Answer> answer_;  // null for an empty range
};

/// Reads on in the range that was asked for last, as long as reads go forward in it.
class RangeReader final : public ObjectReader {
 public:
  RangeReader(Client& client, Location location, std::unique_ptr<RangeStream> first)
      : client_(client),
        location_(std::move(location)),
        properties_(first->properties()),
        stream_(std::move(first)) {}

  ObjectProperties properties() const override { return properties_; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override;

 private:
  Result<bool> CanGoOnTo(int64_t offset);

  Client& client_;
  const Location location_;
  const ObjectProperties properties_;
  std::unique_ptr<RangeStream> stream_;  // null after a failure
};

}  // namespace tarn::block::s3
