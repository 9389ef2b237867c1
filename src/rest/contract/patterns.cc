#include "rest/contract/patterns.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace tarn::rest {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); }

bool MatchesRepositoryName(std::string_view text) {
  return text.size() >= 3 && text.size() <= 63 && IsLowerOrDigit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

bool MatchesStorageNamespace(std::string_view text) {
  constexpr std::string_view kSchemes[] = {"s3://",  "gs://",    "http://",     "https://",
                                           "mem://", "local://", "transient://"};
  const bool scheme = std::any_of(std::begin(kSchemes), std::end(kSchemes),
                                  [&](std::string_view s) { return text.starts_with(s); });
  return scheme && text.find('\n') == std::string_view::npos;  // '.' matches no line break
}

// One or more of: digits '-' digits, then at most one comma, then at most one space.
bool MatchesRange(std::string_view text) {
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return false;
  size_t i = kUnit.size();
  const auto skip_digits = [&] {
    while (i < text.size() && IsDigit(text[i])) ++i;
  };
  if (i == text.size()) return false;
  while (i < text.size()) {
    skip_digits();
    if (i == text.size() || text[i] != '-') return false;
    ++i;
    skip_digits();
    if (i < text.size() && text[i] == ',') ++i;
    if (i < text.size() && text[i] == ' ') ++i;
  }
  return true;
}

constexpr std::array kPatterns = {
    Pattern{"repository", "^[a-z0-9][a-z0-9-]{2,62}$", &MatchesRepositoryName},
    Pattern{"namespace", "^(s3|gs|https?|mem|local|transient)://.*$", &MatchesStorageNamespace},
    Pattern{"range", "^bytes=((\\d*-\\d*,? ?)+)$", &MatchesRange},
};

/// Reads a number of exactly `width` digits between `low` and `high`.
bool TakeNumber(std::string_view* text, size_t width, int low, int high) {
  if (text->size() < width) return false;
  int value = 0;
  for (size_t i = 0; i < width; ++i) {
    if (!IsDigit((*text)[i])) return false;
    value = value * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(width);
  return value >= low && value <= high;
}

bool TakeChar(std::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

bool TakeFraction(std::string_view* text) {
  if (!TakeChar(text, '.')) return true;
  size_t digits = 0;
  while (digits < text->size() && IsDigit((*text)[digits])) ++digits;
  text->remove_prefix(digits);
  return digits > 0;
}

bool TakeZone(std::string_view* text) {
  if (text->empty() || TakeChar(text, 'Z')) return true;
  return (TakeChar(text, '+') || TakeChar(text, '-')) && TakeNumber(text, 2, 0, 99) &&
         TakeChar(text, ':') && TakeNumber(text, 2, 0, 99);
}

}  // namespace

const Pattern& PatternNamed(std::string_view name) {
  const auto found = std::find_if(kPatterns.begin(), kPatterns.end(),
                                  [&](const Pattern& p) { return p.name == name; });
  TARN_CHECK(found != kPatterns.end());
  return *found;
}

bool IsDateTime(std::string_view text) {
  return TakeNumber(&text, 4, 0, 9999) && TakeChar(&text, '-') && TakeNumber(&text, 2, 1, 12) &&
         TakeChar(&text, '-') && TakeNumber(&text, 2, 1, 31) && TakeChar(&text, 'T') &&
         TakeNumber(&text, 2, 0, 23) && TakeChar(&text, ':') && TakeNumber(&text, 2, 0, 59) &&
         TakeChar(&text, ':') && TakeNumber(&text, 2, 0, 60) && TakeFraction(&text) &&
         TakeZone(&text) && text.empty();
}

}  // namespace tarn::rest
