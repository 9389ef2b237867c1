// Small functions on text. Level 0; pure.
#pragma once

#include <string_view>

namespace tarn {

/// `text` without the characters of `blanks` at its ends.
constexpr std::string_view Trim(std::string_view text, std::string_view blanks) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// `text` without a pair of quotes around it.
constexpr std::string_view WithoutQuotes(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

}  // namespace tarn
