#include "http/chunk_decoder.h"

#include <algorithm>
#include <cstring>

namespace tarn::http {
namespace {

constexpr int kSizeDigitsMax = 15;  // 2^60 bytes; no overflow.

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsLineByte(char c) { return c == '\t' || (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f); }

}  // namespace

ChunkDecoder::Step ChunkDecoder::Decode(const char* from, size_t size, char* to) {
  Step step;
  while (step.consumed < size && state_ != State::kDone && state_ != State::kBad) {
    if (state_ == State::kData) {
      const size_t take = std::min<uint64_t>(left_, size - step.consumed);
      const char* data = from + step.consumed;
      if (to + step.produced != data) std::memmove(to + step.produced, data, take);
      step.consumed += take;
      step.produced += take;
      left_ -= take;
      if (left_ == 0) state_ = State::kDataReturn;
    } else {
      state_ = Control(from[step.consumed]);
      if (state_ != State::kBad) ++step.consumed;
    }
  }
  return step;
}

ChunkDecoder::State ChunkDecoder::Spend(State next) {
  return --spare_bytes_ < 0 ? State::kBad : next;
}

ChunkDecoder::State ChunkDecoder::Digit(char c) {
  const int value = HexValue(c);
  if (value < 0 || ++digits_ > kSizeDigitsMax) return State::kBad;
  left_ = left_ << 4 | static_cast<uint64_t>(value);
  return State::kSize;
}

ChunkDecoder::State ChunkDecoder::AfterSize() {
  digits_ = 0;
  return left_ == 0 ? State::kTrailerStart : State::kData;
}

ChunkDecoder::State ChunkDecoder::Control(char c) {
  switch (state_) {
    case State::kSizeStart:
      return Digit(c);
    case State::kSize:
      if (c == '\r') return State::kSizeFeed;
      if (c == ';' || c == ' ' || c == '\t') return Spend(State::kExtension);
      return Digit(c);
    case State::kExtension:
      if (c == '\r') return State::kSizeFeed;
      return IsLineByte(c) ? Spend(State::kExtension) : State::kBad;
    case State::kSizeFeed:
      return c == '\n' ? AfterSize() : State::kBad;
    case State::kDataReturn:
      return c == '\r' ? State::kDataFeed : State::kBad;
    case State::kDataFeed:
      return c == '\n' ? State::kSizeStart : State::kBad;
    case State::kTrailerStart:
      if (c == '\r') return State::kLastFeed;
      return IsLineByte(c) ? Spend(State::kTrailer) : State::kBad;
    case State::kTrailer:
      if (c == '\r') return State::kTrailerFeed;
      return IsLineByte(c) ? Spend(State::kTrailer) : State::kBad;
    case State::kTrailerFeed:
      return c == '\n' ? State::kTrailerStart : State::kBad;
    case State::kLastFeed:
      return c == '\n' ? State::kDone : State::kBad;
    default:
      return State::kBad;
  }
}

}  // namespace tarn::http
