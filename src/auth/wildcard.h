// Patterns of policies: "*" is any text, also across slashes, "?" one character; every other byte
// is itself. A pattern stands for the whole text, and case counts. Level 7; immutable.
//
// A star stops between characters, where the reference's may stop inside of one: "*??" is not
// matched by a single character of three bytes.
#pragma once

#include <string>
#include <string_view>

namespace tarn::auth {

class Wildcard {
 public:
  Wildcard() = default;  ///< The empty text only.
  explicit Wildcard(std::string_view pattern);

  /// Adds text that is no pattern, whatever is in it.
  void AppendLiteral(std::string_view text);
  void AppendPattern(std::string_view pattern);

  bool Matches(std::string_view text) const {
    return text.starts_with(prefix_) && MatchesRest(text);
  }
  bool is_anything() const { return tokens_ == std::u16string(1, kAnyText); }
  /// The pattern without what stands for its first `count` bytes.
  Wildcard After(size_t count) const;

 private:
  // Bytes are themselves.
  static constexpr char16_t kAnyText = 0x100;
  static constexpr char16_t kAnyCharacter = 0x101;
  static constexpr char16_t kEnd = 0x102;  // never in a pattern

  void Append(char16_t token);
  /// REQUIRES a text that begins with prefix_.
  bool MatchesRest(std::string_view text) const;

  std::u16string tokens_;  // one for each byte that was added
  std::string prefix_;     // the bytes before the first that is not itself
};

}  // namespace tarn::auth
