#include "serving/object_body.h"

#include <algorithm>

namespace tarn::serving {
namespace {

class StreamSource : public http::BodySource {
 public:
  StreamSource(std::unique_ptr<block::ObjectStream> stream, int64_t length)
      : stream_(std::move(stream)), rest_(length) {}

  Result<size_t> Read(std::span<char> out) override {
    const size_t wanted = std::min(out.size(), static_cast<size_t>(rest_));
    if (wanted == 0) return size_t{0};
    TARN_TRY_ASSIGN(const size_t read, stream_->Read(out.first(wanted)));
    rest_ -= static_cast<int64_t>(read);
    return read;
  }

 private:
  const std::unique_ptr<block::ObjectStream> stream_;
  int64_t rest_;
};

}  // namespace

void SetObjectBody(http::Response* response, std::unique_ptr<block::ObjectStream> stream,
                   int64_t length) {
  const auto place = stream->place();
  if (!place) {
    response->body =
        http::StreamBody{std::make_unique<StreamSource>(std::move(stream), length), length};
    return;
  }
  // shared: the server may still be sending when the exchange is gone
  std::shared_ptr<block::ObjectStream> owner = std::move(stream);
  response->body = http::FileBody{std::move(owner), place->descriptor, place->offset, length};
}

}  // namespace tarn::serving
