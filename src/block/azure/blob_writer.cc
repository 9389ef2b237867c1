#include "block/azure/blob_writer.h"

#include <utility>

#include "base/blocking.h"
#include "block/azure/blob.h"
#include "block/azure/copy_blob.h"

namespace tarn::block::azure {
namespace {

/// What is smaller is not worth a block of its own.
constexpr int64_t kAppendInsideBytesMin = 1 << 20;

}  // namespace

BlobWriter::BlobWriter(const UploadTools& tools, Location location, http::ByteBudget& budget,
                       const WriteOptions& options)
    : BlobWriter(tools, std::make_unique<BlockUpload>(tools, std::move(location)), budget,
                 options) {}

BlobWriter::BlobWriter(const UploadTools& tools, std::unique_ptr<BlockUpload> upload,
                       http::ByteBudget& budget, const WriteOptions& options)
    : PartWriter(std::move(upload), {.parts_max = kBlocksMax}, budget, options),
      tools_(tools),
      upload_(static_cast<BlockUpload&>(PartWriter::upload())) {}

Status BlobWriter::Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                          int64_t length) {
  TARN_TRY(RequireBlocking());
  if (length < kAppendInsideBytesMin || !CanCopyInside(tools_.client)) {
    return ObjectWriter::Append(store, from, offset, length);
  }
  TARN_TRY_ASSIGN(const Location source, LocationOf(from, tools_.client.options().domain));
  TARN_TRY_ASSIGN(const auto head,
                  tools_.retrier.Call([&] { return Look(tools_.client, source); }));
  if (!head) return {Code::kDataNotFound, "not found"};
  if (offset + length > head->properties.size) {
    return {Code::kIo, "object is shorter than its store says"};
  }
  TARN_TRY(Flush());
  const int blocks_before = upload_.part_count();
  Status copied = CopyBlocks(upload_, source, head->properties.entity_tag, offset, length);
  // Emulators have no such request.
  if (copied.code() == Code::kUnsupported && upload_.part_count() == blocks_before) {
    return ObjectWriter::Append(store, from, offset, length);
  }
  return copied;
}

}  // namespace tarn::block::azure
