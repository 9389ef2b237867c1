// Reading from a remote store: streams of a range, and positioned reads over such streams. What a
// driver adds is RangeSource. Level 3; sources, streams and readers belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "block/object_io.h"
#include "http/answer.h"

namespace tarn::block::remote {

/// How one object is asked for.
class RangeSource {
 public:
  virtual ~RangeSource() = default;
  /// Sends one request. `range` is the value of a Range header, empty for all; `entity_tag` is what
  /// the object must still have (ObjectProperties::entity_tag), empty for any. An answer of success
  /// or kDataNotFound; kPreconditionFailed: it has another tag; kRangeUnsatisfiable.
  virtual Result<std::unique_ptr<http::Answer>> Get(const std::string& range,
                                                    const std::string& entity_tag) = 0;
  /// Nothing when absent.
  virtual Result<std::optional<ObjectProperties>> Stat() = 0;
  /// The properties of the whole object, from an answer of Get; its size is known.
  virtual Result<ObjectProperties> ReadHead(const http::Answer& answer, int64_t size) = 0;
  /// Store and object, for messages: "S3 answer about bucket/key".
  virtual std::string name() const = 0;
};

/// A range, on its way. A read that ends early is kSlowDown.
class RangeStream final : public ObjectStream {
 public:
  /// `entity_tag`: what the object must still have; empty: any. kDataNotFound; kIo when it was
  /// replaced. The source need not outlive the stream.
  static Result<std::unique_ptr<RangeStream>> Open(RangeSource& source, const ByteRange& range,
                                                   const std::string& entity_tag);

  ObjectProperties properties() const override { return properties_; }
  Result<size_t> Read(std::span<char> out) override;
  int64_t offset() const { return rest_.offset; }  ///< Of the next byte in the object.
  int64_t remaining() const { return rest_.length; }

 private:
  RangeStream(ObjectProperties properties, ResolvedRange rest, std::unique_ptr<http::Answer> answer)
      : properties_(std::move(properties)), rest_(rest), answer_(std::move(answer)) {}

  const ObjectProperties properties_;
  ResolvedRange rest_;
  std::unique_ptr<http::Answer> answer_;  // null for an empty range
};

/// Reads on in the range that was asked for last, as long as reads go forward in it.
class RangeReader final : public ObjectReader {
 public:
  RangeReader(std::unique_ptr<RangeSource> source, std::unique_ptr<RangeStream> first)
      : source_(std::move(source)), properties_(first->properties()), stream_(std::move(first)) {}

  ObjectProperties properties() const override { return properties_; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override;

 private:
  Result<bool> CanGoOnTo(int64_t offset);

  const std::unique_ptr<RangeSource> source_;
  const ObjectProperties properties_;
  std::unique_ptr<RangeStream> stream_;  // null after a failure
};

/// ObjectStore::Open and OpenStream. kWouldBlock.
Result<std::unique_ptr<ObjectReader>> OpenReader(std::unique_ptr<RangeSource> source,
                                                 const ByteRange& first);
Result<std::unique_ptr<ObjectStream>> OpenStream(RangeSource& source, const ByteRange& range);

/// Whether the object is there and has exactly these bytes.
Result<bool> HasBytes(RangeSource& source, std::string_view bytes);

}  // namespace tarn::block::remote
