// Any bytes as JSON. What is read must come out the same when it is written and read again, and
// stay within the limits that were set.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/json.h"
#include "codec/utf8.h"

namespace tarn {
namespace {

constexpr JsonLimits kLimits = {.bytes_max = 8192, .depth_max = 20, .values_max = 500};

struct Size {
  size_t values = 0;
  int depth = 0;
};

/// Counts, and looks at everything that a value can be asked for.
Size Measure(const Json& value) {
  Size size{1, 0};
  const auto add = [&size](const Json& inner) {
    const Size measured = Measure(inner);
    size.values += measured.values;
    size.depth = std::max(size.depth, measured.depth);
  };
  if (value.is_string()) TARN_CHECK(IsValidUtf8(value.string()));
  if (value.is_number()) {
    TARN_CHECK(!value.literal().empty());
    if (value.AsInt64()) TARN_CHECK(value.AsDouble().has_value());
  }
  if (value.is_array()) {
    for (const Json& item : value.items()) add(item);
    ++size.depth;
  }
  if (value.is_object()) {
    for (const auto& [name, member] : value.members()) {
      TARN_CHECK(IsValidUtf8(name) && value.Find(name) == &member);
      add(member);
    }
    ++size.depth;
  }
  return size;
}

void Run(std::string_view text) {
  const auto value = ParseJson(text, kLimits);
  JsonLimits strict = kLimits;
  strict.trailing = JsonTrailing::kRefuse;
  const bool is_all = ParseJson(text, strict).ok();
  TARN_CHECK(value.ok() || !is_all);
  if (!value.ok()) {
    TARN_CHECK(value.code() == Code::kInvalidRequest || value.code() == Code::kTooLarge);
    return;
  }
  const Size size = Measure(*value);
  TARN_CHECK(size.values <= kLimits.values_max && size.depth <= kLimits.depth_max);
  const std::string written = ToJsonText(*value);
  JsonLimits wide = strict;
  wide.bytes_max = written.size();  // Escapes may be longer than what they stand for.
  const auto again = ParseJson(written, wide);
  TARN_CHECK(again.ok() && ToJsonText(*again) == written);
}

}  // namespace
}  // namespace tarn

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
