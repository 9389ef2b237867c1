#include "serving/object_body.h"

#include <algorithm>

namespace tarn::serving {
namespace {

class ReaderSource : public http::BodySource {
 public:
  ReaderSource(std::unique_ptr<block::ObjectReader> reader, ByteRange range)
      : reader_(std::move(reader)), range_(range) {}

  Result<size_t> Read(std::span<char> out) override {
    const size_t wanted = std::min(out.size(), static_cast<size_t>(range_.length));
    if (wanted == 0) return size_t{0};
    TARN_TRY_ASSIGN(const size_t read, reader_->ReadAt(range_.offset, out.first(wanted)));
    // An object that is shorter than its entry says ends early; the server then breaks the
    // connection, since the announced length cannot be kept.
    range_.offset += static_cast<int64_t>(read);
    range_.length -= static_cast<int64_t>(read);
    return read;
  }

 private:
  std::unique_ptr<block::ObjectReader> reader_;
  ByteRange range_;
};

}  // namespace

void SetObjectBody(http::Response* response, std::unique_ptr<block::ObjectReader> reader,
                   ByteRange range) {
  const int descriptor = reader->file_descriptor();
  if (descriptor < 0) {
    response->body =
        http::StreamBody{std::make_unique<ReaderSource>(std::move(reader), range), range.length};
    return;
  }
  // shared: the server may still be sending when the exchange is gone
  std::shared_ptr<block::ObjectReader> owner = std::move(reader);
  response->body = http::FileBody{std::move(owner), descriptor, range.offset, range.length};
}

}  // namespace tarn::serving
