#include "http/body_reader.h"

#include <algorithm>
#include <cstring>

namespace tarn::http {

using Kind = IoResult::Kind;

void BodyReader::Begin(const RequestHead& head) {
  decoder_ = ChunkDecoder();
  chunked_ = head.chunked;
  left_ = head.content_length.value_or(0);
  raw_bytes_ = 0;
}

std::optional<int64_t> BodyReader::left() const {
  if (!chunked_) return left_;
  return decoder_.done() ? std::optional<int64_t>(0) : std::nullopt;
}

IoResult BodyReader::Read(char* to, size_t room) {
  if (done()) return {Kind::kEnd, 0};
  if (chunked_) return ReadChunked(to, room);
  const IoResult result =
      ReadRaw(to, static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(room), left_)));
  if (result.ok()) left_ -= static_cast<int64_t>(result.bytes);
  return result;
}

/// From the buffer first, then from the socket. The end of the connection is a failure here.
IoResult BodyReader::ReadRaw(char* to, size_t room) {
  if (!input_.empty()) {
    const size_t bytes = std::min(room, input_.size());
    std::memcpy(to, input_.view().data(), bytes);
    input_.Consume(bytes);
    raw_bytes_ += static_cast<int64_t>(bytes);
    return {Kind::kBytes, bytes};
  }
  IoResult result = socket_.Read(to, room);
  if (result.ok()) raw_bytes_ += static_cast<int64_t>(result.bytes);
  if (result.kind == Kind::kEnd) result.kind = Kind::kFailed;
  return result;
}

IoResult BodyReader::ReadChunked(char* to, size_t room) {
  for (;;) {
    const IoResult raw = ReadRaw(to, room);
    if (!raw.ok()) return raw;
    const ChunkDecoder::Step step = decoder_.Decode(to, raw.bytes, to);
    if (decoder_.bad()) return {Kind::kFailed, 0};
    // Decoding moves bytes to the front only, so what follows the body is still in its place.
    if (decoder_.done()) input_.KeepForNext({to + step.consumed, raw.bytes - step.consumed});
    if (step.produced > 0) return {Kind::kBytes, step.produced};
    if (decoder_.done()) return {Kind::kEnd, 0};
  }
}

}  // namespace tarn::http
