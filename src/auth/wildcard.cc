#include "auth/wildcard.h"

#include "codec/utf8.h"

namespace tarn::auth {

Wildcard::Wildcard(std::string_view pattern) { AppendPattern(pattern); }

void Wildcard::Append(char16_t token) {
  if (prefix_.size() == tokens_.size() && token < kAnyText)
    prefix_.push_back(static_cast<char>(token));
  tokens_.push_back(token);
}

void Wildcard::AppendLiteral(std::string_view text) {
  for (const char c : text) Append(static_cast<unsigned char>(c));
}

void Wildcard::AppendPattern(std::string_view pattern) {
  for (const char c : pattern) {
    const char16_t byte = static_cast<unsigned char>(c);
    Append(c == '*' ? kAnyText : c == '?' ? kAnyCharacter : byte);
  }
}

Wildcard Wildcard::After(size_t count) const {
  Wildcard rest;
  for (const char16_t token : std::u16string_view(tokens_).substr(count)) rest.Append(token);
  return rest;
}

// The last star takes as little as it can, then one more; those before it need no second try.
bool Wildcard::MatchesRest(std::string_view text) const {
  constexpr char16_t kAsciiMax = 0x7f;
  constexpr size_t kNoStar = std::u16string::npos;
  size_t token = prefix_.size(), place = token;
  size_t star = kNoStar, star_end = 0;
  while (place < text.size()) {
    const char16_t wanted = token < tokens_.size() ? tokens_[token] : kEnd;
    if (wanted == kAnyText) {
      star = token++;
      star_end = place;
      if (token == tokens_.size()) return true;
    } else if (wanted == kAnyCharacter) {
      place += FirstRune(text.substr(place)).length;
      ++token;
    } else if (wanted == static_cast<unsigned char>(text[place])) {
      ++place;
      ++token;
    } else if (star != kNoStar) {
      // A part of a character in the pattern may be sought inside of one.
      token = star + 1;
      const bool in_character = tokens_[token] > kAsciiMax && tokens_[token] < kAnyText;
      star_end += in_character ? 1 : FirstRune(text.substr(star_end)).length;
      place = star_end;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && tokens_[token] == kAnyText) ++token;
  return token == tokens_.size();
}

}  // namespace tarn::auth
