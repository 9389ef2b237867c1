// Takes aws-chunked bodies apart: chunks with their signatures, then trailers. Knows the framing
// only; what signatures and trailers must say is the payload's business (payload.cc). Level 8;
// pure, one thread at a time.
//
//   chunk    size in hex [";chunk-signature=" hex] CRLF, data, CRLF
//   last     size 0 [";chunk-signature=" hex] CRLF, then optionally CRLF, or trailers
//   trailer  name ":" value (LF or CRLF); empty lines between and after are skipped
//
// Blanks at the end of a line do not count. Data is passed on as views of the input; only lines
// that are split between two pieces of input are copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::s3gw {

class AwsChunkedDecoder {
 public:
  static constexpr size_t kLineBytesMax = 4095;
  static constexpr size_t kTrailerBytesMax = 16 * 1024;

  enum class Event : uint8_t {
    kMore,      ///< All input is used.
    kChunk,     ///< A chunk begins, of chunk_bytes().
    kData,      ///< Some data of the chunk: data().
    kChunkEnd,  ///< The chunk is over, which is of size 0 at the end: chunk_signature().
    kTrailer,   ///< trailer_name(), trailer_value().
    kBad,       ///< The framing is broken: problem(). Nothing comes after it.
  };

  enum class End : uint8_t { kPlain, kWithTrailers };
  explicit AwsChunkedDecoder(End end) : end_(end) {}

  /// What comes next in `input`, which loses the bytes that were used. Views that it gives live
  /// until the next call, and as long as the input.
  Event Next(std::string_view* input);
  /// May the body end here?
  bool complete() const;

  int64_t chunk_bytes() const { return chunk_bytes_; }
  std::string_view data() const { return data_; }
  /// Empty if the chunk has none.
  std::string_view chunk_signature() const { return chunk_signature_; }
  std::string_view trailer_name() const { return trailer_name_; }
  std::string_view trailer_value() const { return trailer_value_; }
  std::string_view problem() const { return problem_; }

 private:
  enum class State : uint8_t {
    kChunkLine,
    kData,
    kDataReturn,  ///< The '\r' after data.
    kDataFeed,
    kLastReturn,  ///< The '\r' that may come after the last chunk.
    kLastFeed,
    kDone,
    kTrailers,
    kBad,
  };
  enum class Line : uint8_t { kFound, kMore, kTooLong };

  Line TakeLine(std::string_view* input, std::string_view* line);
  Event ReadChunkLine(std::string_view line);
  Event ReadTrailer(std::string_view line);
  Event TakeData(std::string_view* input);
  /// Takes one character that must be `c`; nothing but the state changes.
  bool TakeCharacter(std::string_view* input, char c, State next);
  Event Fail(std::string_view problem);

  const End end_;
  State state_ = State::kChunkLine;
  std::string line_;           ///< The start of a line whose end has not come yet.
  bool line_is_used_ = false;  ///< It was given out and is to be cleared.
  size_t trailer_bytes_ = 0;
  int64_t chunk_bytes_ = 0;
  int64_t left_bytes_ = 0;  ///< Of the chunk.
  std::string chunk_signature_;
  std::string_view data_, trailer_name_, trailer_value_, problem_;
};

}  // namespace tarn::s3gw
