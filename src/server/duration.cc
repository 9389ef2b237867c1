#include "server/duration.h"

#include <charconv>

#include "codec/go_duration.h"

namespace tarn::server {

std::optional<int64_t> ParseDuration(std::string_view text) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size()) return count;
  const auto duration = ParseGoDuration(text);
  return duration.ok() ? std::optional<int64_t>(duration->count()) : std::nullopt;
}

}  // namespace tarn::server
