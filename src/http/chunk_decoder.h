// Undoes the chunked transfer coding (RFC 9112, 7.1), incrementally and in place. Level 2; no I/O.
//
// Strict: lines end with "\r\n", sizes are plain hex digits; extensions and trailers are read and
// dropped, up to a limit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tarn::http {

class ChunkDecoder {
 public:
  struct Step {
    size_t consumed = 0;  ///< Bytes of input used; all of them unless the body ended or is bad.
    size_t produced = 0;  ///< Bytes of body written.
  };
  /// Decodes `size` bytes from `from` to `to`, which may be the same place.
  Step Decode(const char* from, size_t size, char* to);

  bool done() const { return state_ == State::kDone; }
  bool bad() const { return state_ == State::kBad; }

 private:
  enum class State : uint8_t {
    kSizeStart,  ///< First digit of a size.
    kSize,
    kExtension,
    kSizeFeed,  ///< The '\n' after a size.
    kData,
    kDataReturn,  ///< The '\r' after data.
    kDataFeed,
    kTrailerStart,  ///< First character of a trailer line, or '\r' of the last one.
    kTrailer,
    kTrailerFeed,
    kLastFeed,
    kDone,
    kBad,
  };
  State Control(char c);
  State Digit(char c);
  State AfterSize();
  State Spend(State next);

  State state_ = State::kSizeStart;
  uint64_t left_ = 0;        ///< Of the current chunk.
  int digits_ = 0;           ///< Of the current size.
  int spare_bytes_ = 16384;  ///< Still allowed for extensions and trailers together.
};

}  // namespace tarn::http
