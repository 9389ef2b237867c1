#include "auth/mode.h"

#include <algorithm>
#include <iterator>

namespace tarn::auth {
namespace {

struct Row {
  Mode mode;
  std::string_view name;
};
constexpr Row kModes[] = {{Mode::kNone, "none"},
                          {Mode::kSimplified, "simplified"},
                          {Mode::kInternal, "internal"},
                          {Mode::kExternal, "external"}};

}  // namespace

std::string_view ModeName(Mode mode) {
  return std::find_if(std::begin(kModes), std::end(kModes),
                      [&](const Row& row) { return row.mode == mode; })
      ->name;
}

std::optional<Mode> ParseMode(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kModes), std::end(kModes),
                                         [&](const Row& row) { return row.name == name; });
  if (found == std::end(kModes)) return std::nullopt;
  return found->mode;
}

}  // namespace tarn::auth
