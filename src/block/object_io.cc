#include "block/object_io.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "block/object_store.h"

namespace tarn::block {
namespace {

constexpr size_t kCopyBytes = 256 << 10;

class ReaderStream : public ObjectStream {
 public:
  ReaderStream(std::unique_ptr<ObjectReader> reader, const ByteRange& range)
      : reader_(std::move(reader)), rest_(ResolveRange(range, reader_->properties().size)) {}

  ObjectProperties properties() const override { return reader_->properties(); }
  Result<size_t> Read(std::span<char> out) override {
    const size_t wanted = std::min(out.size(), static_cast<size_t>(rest_.length));
    if (wanted == 0) return size_t{0};
    TARN_TRY_ASSIGN(const size_t got, reader_->ReadAt(rest_.offset, out.first(wanted)));
    if (got == 0) return Status(Code::kIo, "object is shorter than its store says");
    rest_.offset += static_cast<int64_t>(got);
    rest_.length -= static_cast<int64_t>(got);
    return got;
  }
  std::optional<Place> place() const override {
    const int descriptor = reader_->file_descriptor();
    if (descriptor < 0) return std::nullopt;
    return Place{descriptor, rest_.offset};
  }

 private:
  const std::unique_ptr<ObjectReader> reader_;
  ResolvedRange rest_;
};

}  // namespace

ResolvedRange ResolveRange(const ByteRange& range, int64_t size) {
  const int64_t offset = range.offset < 0 ? size + range.offset : range.offset;
  const int64_t start = std::clamp<int64_t>(offset, 0, size);
  const int64_t rest = size - start;
  return {start, range.length ? std::clamp<int64_t>(*range.length, 0, rest) : rest};
}

std::unique_ptr<ObjectStream> StreamOf(std::unique_ptr<ObjectReader> reader,
                                       const ByteRange& range) {
  return std::make_unique<ReaderStream>(std::move(reader), range);
}

Status ObjectWriter::Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                            int64_t length) {
  TARN_TRY_ASSIGN(const auto stream, store.OpenStream(from, {offset, length}));
  std::vector<char> buffer(std::min(kCopyBytes, static_cast<size_t>(length)));
  while (length > 0) {
    const size_t wanted = std::min(buffer.size(), static_cast<size_t>(length));
    TARN_TRY_ASSIGN(const size_t got, stream->Read(std::span(buffer).first(wanted)));
    if (got == 0) return {Code::kIo, "object is shorter than its store says"};
    TARN_TRY(Write({buffer.data(), got}));
    length -= static_cast<int64_t>(got);
  }
  return {};
}

}  // namespace tarn::block
