#include "block/gs/gs_writer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/blocking.h"
#include "block/gs/object_ranges.h"

namespace tarn::block::gs {
namespace {
constexpr size_t kCopyBytes = 1 << 20;
}  // namespace

GsWriter::GsWriter(const UploadTools& tools, Location location, http::ByteBudget& budget,
                   const WriteOptions& options)
    : PartWriter(std::make_unique<ResumableUpload>(tools, location),
                 {.unit_bytes = kPieceUnitBytes}, budget, options),
      tools_(tools),
      location_(std::move(location)),
      create_only_(options.create_only) {}

Status GsWriter::Write(std::span<const char> bytes) {
  TARN_TRY(WriteSources());
  has_bytes_ = has_bytes_ || !bytes.empty();
  return PartWriter::Write(bytes);
}

Status GsWriter::Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                        int64_t length) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(Location source, remote::LocationOf(StorageType::kGs, from));
  if (has_bytes_ || offset != 0 || source.bucket != location_.bucket) {
    return ObjectWriter::Append(store, from, offset, length);
  }
  TARN_TRY_ASSIGN(auto object, tools_.retrier.Call([&] { return Stat(tools_.client, source); }));
  if (!object) return {Code::kDataNotFound, "not found"};
  if (length > object->size) return {Code::kIo, "object is shorter than its store says"};
  if (length < object->size) return ObjectWriter::Append(store, from, offset, length);
  sources_.push_back({std::move(source.key), std::move(object->generation), object->size});
  return {};
}

Result<ObjectProperties> GsWriter::Commit() {
  TARN_TRY(RequireBlocking());
  if (sources_.empty()) return PartWriter::Commit();
  const auto made = Compose(tools_, location_, sources_, create_only_);
  if (made.ok()) return made->properties();
  // Objects from before there was a customer key are put together here.
  if (made.code() != Code::kInvalidValue) return made.status();
  TARN_TRY(WriteSources());
  return PartWriter::Commit();
}

/// Takes over the bytes of the sources.
Status GsWriter::WriteSources() {
  for (const ComposeSource& source : std::exchange(sources_, {})) {
    has_bytes_ = true;
    if (source.size == 0) continue;
    GsRanges ranges(tools_.client, {location_.bucket, source.key}, tools_.encryption);
    TARN_TRY_ASSIGN(const auto stream,
                    tools_.retrier.Call([&] { return remote::OpenStream(ranges, {}); }));
    if (stream->properties().entity_tag != source.generation) {
      return {Code::kPreconditionFailed, "object was replaced while it was read"};
    }
    std::vector<char> buffer(std::min(kCopyBytes, static_cast<size_t>(source.size)));
    for (;;) {
      TARN_TRY_ASSIGN(const size_t got, stream->Read(buffer));
      if (got == 0) break;
      TARN_TRY(PartWriter::Write({buffer.data(), got}));
    }
  }
  return {};
}

}  // namespace tarn::block::gs
