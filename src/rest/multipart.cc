#include "rest/multipart.h"

#include <algorithm>

#include "base/text.h"
#include "http/message.h"
#include "rest/media_type.h"

namespace tarn::rest {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

Status Malformed(std::string_view text) {
  return {Code::kInvalidRequest, "multipart: " + std::string(text)};
}

/// Reads the header lines of a part; folded lines are joined.
PartHead ReadHead(std::string_view block) {
  PartHead head;
  while (!block.empty()) {
    size_t end = block.find('\n');
    while (end != std::string_view::npos && end + 1 < block.size() &&
           (block[end + 1] == ' ' || block[end + 1] == '\t'))
      end = block.find('\n', end + 1);
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(end == std::string_view::npos ? block.size() : end + 1);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = Trim(line.substr(0, colon), kSpaces);
    const std::string_view value = Trim(line.substr(colon + 1), kSpaces);
    if (http::EqualsIgnoreCase(name, "Content-Type") && head.content_type.empty())
      head.content_type = value;
    if (!http::EqualsIgnoreCase(name, "Content-Disposition")) continue;
    Result<MediaType> disposition = ParseMediaType(value);
    if (disposition.ok() && disposition->type == "form-data")
      head.name = disposition->parameters["name"];
  }
  return head;
}

/// What follows "--boundary" decides whether it is one.
enum class After : uint8_t { kBoundary, kNotOne, kNeedsMore };

After LookBehindBoundary(std::string_view text) {
  if (text.empty()) return After::kNeedsMore;
  if (kSpaces.find(text[0]) != std::string_view::npos) return After::kBoundary;
  if (text[0] != '-') return After::kNotOne;
  if (text.size() == 1) return After::kNeedsMore;
  return text[1] == '-' ? After::kBoundary : After::kNotOne;
}

}  // namespace

MultipartReader::MultipartReader(std::string_view boundary, PartSink& sink)
    : dash_boundary_("--" + std::string(boundary)),
      delimiter_("\r\n" + dash_boundary_),
      sink_(sink) {}

Status MultipartReader::Take(std::span<const char> bytes) {
  if (state_ == State::kEpilogue) return {};
  pending_.erase(0, start_);
  start_ = 0;
  pending_.append(bytes.data(), bytes.size());
  for (bool again = true; again;) {
    TARN_TRY_ASSIGN(again, Step());
  }
  return {};
}

Status MultipartReader::Finish() {
  if (state_ == State::kEpilogue) return {};
  return Malformed("unexpected EOF");
}

Result<bool> MultipartReader::Step() {
  switch (state_) {
    case State::kPreamble:
      return StepPreamble();
    case State::kBoundaryEnd:
      return StepBoundaryEnd();
    case State::kHead:
      return StepHead();
    case State::kBody:
      return StepBody();
    case State::kEpilogue:
      break;
  }
  Drop(rest().size());
  return false;
}

// Lines before the first boundary are skipped; a long one is dropped piece by piece.
Result<bool> MultipartReader::StepPreamble() {
  if (line_start_) {
    if (rest().size() <= dash_boundary_.size() && dash_boundary_.starts_with(rest())) return false;
    if (rest().starts_with(dash_boundary_)) {
      const After after = LookBehindBoundary(rest().substr(dash_boundary_.size()));
      if (after == After::kNeedsMore) return false;
      if (after == After::kBoundary) {
        Drop(dash_boundary_.size());
        state_ = State::kBoundaryEnd;
        return true;
      }
    }
  }
  const size_t end = rest().find('\n');
  line_start_ = end != std::string_view::npos;
  Drop(line_start_ ? end + 1 : rest().size());
  return line_start_;
}

// "--" closes the body; else a line end, perhaps after white space, begins a part.
Result<bool> MultipartReader::StepBoundaryEnd() {
  if (rest().starts_with("--")) {
    Drop(rest().size());
    state_ = State::kEpilogue;
    return false;
  }
  const size_t end = rest().find('\n');
  if (end == std::string_view::npos) {
    if (rest().size() > kPartHeadBytesMax) return Malformed("boundary line is too long");
    return false;
  }
  if (!Trim(rest().substr(0, end), kSpaces).empty())
    return Malformed("unexpected text after a boundary");
  if (!line_end_known_ && (end == 0 || rest()[end - 1] != '\r')) delimiter_ = "\n" + dash_boundary_;
  line_end_known_ = true;
  Drop(end + 1);
  if (++parts_ > kPartsMax) return Status(Code::kTooLarge, "multipart: too many parts");
  state_ = State::kHead;
  return true;
}

Result<bool> MultipartReader::StepHead() {
  // The block ends at an empty line, which may be its first one.
  size_t end = 0, next = 0;
  if (rest().starts_with("\r\n") || rest().starts_with('\n')) {
    next = rest()[0] == '\n' ? 1 : 2;
  } else {
    const size_t crlf = rest().find("\n\r\n"), lf = rest().find("\n\n");
    end = std::min(crlf, lf);
    if (end == std::string_view::npos) {
      if (rest().size() > kPartHeadBytesMax)
        return Status(Code::kTooLarge, "multipart: part header is too large");
      return false;
    }
    next = end + (end == crlf ? 3 : 2);
  }
  if (end > kPartHeadBytesMax)
    return Status(Code::kTooLarge, "multipart: part header is too large");
  TARN_TRY(sink_.OnPart(ReadHead(rest().substr(0, end))));
  Drop(next);
  state_ = State::kBody;
  body_start_ = true;
  return true;
}

Status MultipartReader::Emit(size_t count) {
  if (count == 0) return {};
  body_start_ = false;
  TARN_TRY(sink_.OnBytes(rest().substr(0, count)));
  Drop(count);
  return {};
}

Result<bool> MultipartReader::StepBody() {
  // A part may be empty: its boundary then follows the head at once.
  const std::string& delimiter = delimiter_;
  size_t at = 0, length = dash_boundary_.size();
  if (body_start_ && rest().size() < length && dash_boundary_.starts_with(rest())) return false;
  if (!body_start_ || !rest().starts_with(dash_boundary_)) {
    at = rest().find(delimiter);
    length = delimiter.size();
    if (at == std::string_view::npos) {
      // Hold back what may be the beginning of a boundary.
      TARN_TRY(Emit(rest().size() - std::min(rest().size(), delimiter.size() - 1)));
      return false;
    }
  }
  switch (LookBehindBoundary(rest().substr(at + length))) {
    case After::kNeedsMore:
      TARN_TRY(Emit(at));
      return false;
    case After::kNotOne:
      TARN_TRY(Emit(at + 1));
      return true;
    case After::kBoundary:
      break;
  }
  TARN_TRY(Emit(at));
  TARN_TRY(sink_.OnPartEnd());
  Drop(length);
  state_ = State::kBoundaryEnd;
  return true;
}

}  // namespace tarn::rest
