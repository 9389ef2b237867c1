#include "block/s3/s3_writer.h"

#include <algorithm>
#include <utility>

#include "base/blocking.h"
#include "block/s3/object_ranges.h"

namespace tarn::block::s3 {

S3Writer::S3Writer(const WriterTools& tools, Location location, const WriteOptions& options)
    : S3Writer(tools,
               std::make_unique<MultipartUpload>(tools.client, tools.retrier, std::move(location),
                                                 tools.encryption),
               options) {}

S3Writer::S3Writer(const WriterTools& tools, std::unique_ptr<MultipartUpload> upload,
                   const WriteOptions& options)
    : PartWriter(std::move(upload), {.parts_max = kPartsMax}, tools.budget, options),
      tools_(tools),
      upload_(static_cast<MultipartUpload&>(PartWriter::upload())) {}

Status S3Writer::Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                        int64_t length) {
  TARN_TRY(RequireBlocking());
  // What the store copies is a part, and so is what was written before it.
  const int64_t missing =
      buffered_bytes() == 0 ? 0 : std::max<int64_t>(0, kPartBytesMin - buffered_bytes());
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
  TARN_TRY(Flush());
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

}  // namespace tarn::block::s3
