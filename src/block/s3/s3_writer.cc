#include "block/s3/s3_writer.h"

#include <algorithm>
#include <utility>

#include "base/blocking.h"
#include "base/check.h"
#include "block/s3/object_ranges.h"
#include "block/s3/put_object.h"

namespace tarn::block::s3 {
namespace {

constexpr size_t kPartBytes = 8 << 20;
/// What is announced to be no larger is kept for one request.
constexpr int64_t kSingleBytesMax = 16 << 20;
/// After so many parts they become twice as large, so that an object of any size has room.
constexpr int kPartsOfASize = 1000;
/// Of an object whose size was not announced: it may be a small one.
constexpr size_t kFirstBytes = 256 << 10;

}  // namespace

S3Writer::S3Writer(const WriterTools& tools, Location location, const WriteOptions& options)
    : tools_(tools),
      location_(std::move(location)),
      options_(options),
      upload_(tools.client, tools.retrier, location_, tools.encryption),
      lease_(tools.budget) {}

size_t S3Writer::PartBytes() const {
  const int64_t announced = options_.size_hint.value_or(0);
  if (announced > 0 && announced <= kSingleBytesMax) return static_cast<size_t>(kSingleBytesMax);
  const auto least = static_cast<size_t>(announced / kPartsMax + 1);
  return std::max(least, kPartBytes << (upload_.part_count() / kPartsOfASize));
}

/// Makes room for so many bytes of a part: at once for all that it can become, since a buffer that
/// doubles holds up to three times its content while it grows.
Status S3Writer::MakeRoom(size_t bytes) {
  if (bytes <= buffer_.capacity()) return {};
  const auto announced = static_cast<size_t>(std::max<int64_t>(0, options_.size_hint.value_or(0)));
  size_t room = PartBytes();
  if (bytes <= kFirstBytes && !options_.size_hint) room = std::min(room, kFirstBytes);
  if (bytes <= announced) room = std::min(room, announced);
  if (!lease_.Resize(static_cast<int64_t>(room), http::ByteBudget::Share::kWhole)) {
    return {Code::kSlowDown, "too many uploads to the object store are in memory"};
  }
  std::string larger;
  larger.reserve(room);
  larger.append(buffer_);
  buffer_ = std::move(larger);
  return {};
}

Status S3Writer::SendPart() {
  if (!upload_.has_begun()) TARN_TRY(upload_.Begin());
  TARN_TRY(upload_.AddPart(buffer_));
  buffer_.clear();
  return {};
}

Status S3Writer::Write(std::span<const char> bytes) {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!is_committed_);
  while (!bytes.empty()) {
    const size_t part_bytes = PartBytes();
    // A full part waits for the byte after it: it may be the whole object.
    if (buffer_.size() >= part_bytes) {
      TARN_TRY(SendPart());
      continue;
    }
    const size_t taken = std::min(bytes.size(), part_bytes - buffer_.size());
    TARN_TRY(MakeRoom(buffer_.size() + taken));
    buffer_.append(bytes.data(), taken);
    bytes = bytes.subspan(taken);
  }
  return {};
}

Status S3Writer::Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                        int64_t length) {
  TARN_TRY(RequireBlocking());
  // What the store copies is a part, and so is what was written before it.
  const auto missing =
      buffer_.empty() ? 0
                      : std::max<int64_t>(0, kPartBytesMin - static_cast<int64_t>(buffer_.size()));
  if (length - missing < kPartBytesMin) return ObjectWriter::Append(store, from, offset, length);
  TARN_TRY_ASSIGN(const Location source, LocationOf(from));
  // Before its first byte is read: whatever replaces it from here on, the copies below fail.
  TARN_TRY_ASSIGN(const auto head,
                  tools_.retrier.Call([&] { return Stat(tools_.client, source); }));
  if (!head) return {Code::kDataNotFound, "not found"};
  if (offset + length > head->size) {
    return {Code::kIo, "object is shorter than its store says"};
  }
  if (missing > 0) TARN_TRY(ObjectWriter::Append(store, from, offset, missing));
  offset += missing;
  length -= missing;
  if (!buffer_.empty()) TARN_TRY(SendPart());
  if (!upload_.has_begun()) TARN_TRY(upload_.Begin());
  while (length > 0) {
    // No rest that would be too small for a part.
    int64_t part = std::min(length, kPartBytesMax);
    if (length > part && length - part < kPartBytesMin) part -= kPartBytesMin;
    TARN_TRY(upload_.CopyPart(source, head->entity_tag, offset, part));
    offset += part;
    length -= part;
  }
  return {};
}

Result<ObjectProperties> S3Writer::Commit() {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!is_committed_);
  is_committed_ = true;
  if (!upload_.has_begun()) {
    return PutBytes(tools_.client, tools_.retrier, location_, buffer_, tools_.encryption,
                    options_.create_only);
  }
  if (!buffer_.empty()) TARN_TRY(SendPart());
  return upload_.Complete(options_.create_only);
}

}  // namespace tarn::block::s3
