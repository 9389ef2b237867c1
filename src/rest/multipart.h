// Reads a multipart/form-data body as it arrives, in bounded memory (RFC 2046 section 5.1).
//
// Parts are given to a sink: their headers, then their bytes in pieces. Line ends are those of the
// first boundary line (CRLF, or LF as lenient clients send). Level 8; one thread at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::rest {

/// Largest header block of a part, in bytes.
inline constexpr size_t kPartHeadBytesMax = 16 << 10;
/// Most parts of a body.
inline constexpr int kPartsMax = 1000;

/// What a form says about a part.
struct PartHead {
  std::string name;          ///< Of Content-Disposition: form-data; empty if there is none.
  std::string content_type;  ///< Empty if there is none.
};

class PartSink {
 public:
  virtual ~PartSink() = default;
  virtual Status OnPart(const PartHead& head) = 0;
  virtual Status OnBytes(std::span<const char> bytes) = 0;
  virtual Status OnPartEnd() = 0;
};

class MultipartReader {
 public:
  /// `sink` is borrowed.
  MultipartReader(std::string_view boundary, PartSink& sink);
  /// Takes the next piece. kInvalidRequest for a malformed body, kTooLarge over a limit, or the
  /// sink's failure; after a failure the reader must not be used.
  Status Take(std::span<const char> bytes);
  /// The body is over; kInvalidRequest ("unexpected EOF") if the closing boundary is missing.
  Status Finish();

 private:
  enum class State : uint8_t { kPreamble, kBoundaryEnd, kHead, kBody, kEpilogue };
  /// Consumes from `pending_`; false when more bytes are needed.
  Result<bool> Step();
  Result<bool> StepPreamble();
  Result<bool> StepBoundaryEnd();
  Result<bool> StepHead();
  Result<bool> StepBody();
  Status Emit(size_t count);
  void Drop(size_t count) { start_ += count; }
  std::string_view rest() const { return std::string_view(pending_).substr(start_); }

  const std::string dash_boundary_;  // "--boundary"
  std::string delimiter_;            // line end + "--boundary"
  PartSink& sink_;
  State state_ = State::kPreamble;
  bool line_start_ = true;   // kPreamble: the pending bytes begin a line
  bool body_start_ = false;  // kBody: nothing of the part was given out yet
  bool line_end_known_ = false;
  int parts_ = 0;
  std::string pending_;  // bytes not consumed yet, from start_ on
  size_t start_ = 0;
};

}  // namespace tarn::rest
