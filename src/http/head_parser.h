// Reads the head of an HTTP/1.x request (RFC 9112), strictly: what two parsers could read in two
// ways is refused, so that no request can hide inside another. Level 2; pure, no I/O.
//
// Refused: bare line feeds, folded lines, blanks before ':', control characters, more than one
// Host, differing or malformed lengths, a length together with a transfer coding, codings other
// than "chunked", invalid escapes in the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::http {

/// Why a head is refused: a status and the words after it in the answer ("" for none).
struct HeadError {
  int status = 400;
  std::string_view text;
};

/// Finds the end of a head in bytes that arrive piece by piece, looking at each byte once.
class HeadScanner {
 public:
  enum class Outcome : uint8_t { kMore, kFound, kBad };
  /// `bytes` is everything received so far, from the same start each time. kBad: a bare line feed.
  Outcome Scan(std::string_view bytes);
  /// After kFound: where the first line starts (empty lines before it are skipped).
  size_t begin() const { return begin_; }
  /// After kFound: just behind the empty line that ends the head.
  size_t end() const { return line_; }

 private:
  size_t begin_ = 0;
  size_t line_ = 0;     ///< Start of the line that is being read.
  size_t scanned_ = 0;  ///< Bytes already looked at.
};

struct ParsedHead {
  RequestHead head;
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Parses a whole head, from the request line to the empty line. Views in `out` point into `bytes`;
/// its vector is reused.
std::optional<HeadError> ParseHead(std::string_view bytes, int header_count_max, ParsedHead* out);

}  // namespace tarn::http
