#include "http/aws/profile_file.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::http::aws {
namespace {

constexpr std::string_view kSpace = " \t\r";

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

/// A comment begins with a '#' or ';' after space; keys hold neither.
std::string_view WithoutComment(std::string_view value) {
  for (size_t i = 1; i < value.size(); ++i) {
    const bool after_space = value[i - 1] == ' ' || value[i - 1] == '\t';
    if (after_space && (value[i] == '#' || value[i] == ';'))
      return Trim(value.substr(0, i), kSpace);
  }
  return value;
}

std::string_view SectionName(std::string_view inside) {
  constexpr std::string_view kProfile = "profile";
  inside = Trim(inside, kSpace);
  if (inside.starts_with(kProfile) && inside.size() > kProfile.size() &&
      (inside[kProfile.size()] == ' ' || inside[kProfile.size()] == '\t')) {
    return Trim(inside.substr(kProfile.size()), kSpace);
  }
  return inside;
}

}  // namespace

void ReadProfiles(std::string_view text, Profiles* profiles) {
  ProfileSettings* section = nullptr;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end), line = Trim(whole, kSpace);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      const size_t close = line.find(']');
      section = close == std::string_view::npos
                    ? nullptr
                    : &(*profiles)[std::string(SectionName(line.substr(1, close - 1)))];
      continue;
    }
    const size_t equals = line.find('=');
    // What is indented belongs to the setting before, which has settings of its own.
    const bool nested = whole[0] == ' ' || whole[0] == '\t';
    if (section == nullptr || equals == std::string_view::npos || nested) continue;
    (*section)[LowerCase(Trim(line.substr(0, equals), kSpace))] =
        WithoutComment(Trim(line.substr(equals + 1), kSpace));
  }
}

}  // namespace tarn::http::aws
