#include "serving/range_header.h"

#include <algorithm>

#include "base/text.h"
#include "codec/go_number.h"

namespace tarn::serving {
namespace {

/// A number without sign; negative if it is none.
int64_t ReadPosition(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return -1;
  const ReadInteger read = ReadDecimalInteger(text);
  return read.error == NumberError::kNone ? read.value : -1;
}

ReadRange Suffix(int64_t count, int64_t size) {
  if (count < 0) return {};
  if (count == 0 || size == 0) return {.kind = RangeKind::kUnsatisfiable};
  const int64_t length = std::min(count, size);
  return {RangeKind::kGood, {size - length, length}};
}

}  // namespace

ReadRange ReadRangeHeader(std::string_view header, int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  const std::string_view spec = header.substr(kUnit.size());
  const size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return {};
  const std::string_view first = Trim(spec.substr(0, dash), " ");
  const std::string_view last = Trim(spec.substr(dash + 1), " ");
  if (first.empty()) return Suffix(ReadPosition(last), size);
  const int64_t start = ReadPosition(first);
  const int64_t end = last.empty() ? size - 1 : ReadPosition(last);
  if (start < 0 || (!last.empty() && end < 0)) return {};
  if (start >= size) return {.kind = RangeKind::kUnsatisfiable};
  if (start > end) return {};
  return {RangeKind::kGood, {start, std::min(end, size - 1) - start + 1}};
}

std::string ContentRange(ByteRange range, int64_t size) {
  return "bytes " + std::to_string(range.offset) + "-" +
         std::to_string(range.offset + range.length - 1) + "/" + std::to_string(size);
}

std::string UnsatisfiableRange(int64_t size) { return "bytes */" + std::to_string(size); }

}  // namespace tarn::serving
