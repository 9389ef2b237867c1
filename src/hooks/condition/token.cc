#include "hooks/condition/token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "codec/utf8.h"
#include "fmt/format.h"
#include "hooks/condition/node.h"

namespace tarn::hooks::condition {
namespace {

// Longer ones first where one begins with the other.
constexpr std::array<std::string_view, 30> kOperators = {
    "**", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "?:", "..", "+", "-", "*", "/",
    "%",  "^",  "<",  ">",  "!",  "?",  ":",  ".",  ",",  ";",  "|",  "=", "#", "&", "~"};
constexpr std::array<std::string_view, 9> kWordOperators = {
    "and", "or", "not", "in", "contains", "startsWith", "endsWith", "matches", "let"};

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsNameStart(char c) {
  return c == '_' || c == '$' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c & 0x80) != 0;
}
constexpr bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    for (;;) {
      TARN_TRY(SkipBlanks());
      if (at_ == source_.size()) break;
      TARN_TRY_ASSIGN(Token token, Next());
      tokens.push_back(std::move(token));
    }
    // The reference points at the last character.
    tokens.push_back({Token::Kind::kEnd, source_.empty() ? 0 : source_.size() - 1});
    return tokens;
  }

 private:
  std::string_view rest() const { return source_.substr(at_); }
  Status Fail(size_t at, std::string_view what) const { return FailureAt(source_, at, what); }

  Status SkipBlanks() {
    for (;;) {
      const size_t next = source_.find_first_not_of(" \t\r\n", at_);
      at_ = next == std::string_view::npos ? source_.size() : next;
      if (rest().starts_with("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (rest().starts_with("/*")) {
        const size_t end = source_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return Fail(source_.size() - 1, "unclosed comment");
        at_ = end + 2;
      } else {
        return {};
      }
    }
  }

  Result<Token> Next() {
    const char c = source_[at_];
    if (IsDigit(c) || (c == '.' && at_ + 1 < source_.size() && IsDigit(source_[at_ + 1]))) {
      return Number();
    }
    if (c == '"' || c == '\'' || c == '`') return Text(c);
    if (IsNameStart(c)) return Name();
    if (std::string_view("()[]{}").find(c) != std::string_view::npos) {
      return Token{Token::Kind::kBracket, at_++, std::string(1, c)};
    }
    for (const std::string_view spelled : kOperators) {
      if (!rest().starts_with(spelled)) continue;
      const size_t at = at_;
      at_ += spelled.size();
      return Token{Token::Kind::kOperator, at, std::string(spelled)};
    }
    const Rune rune = FirstRune(rest());
    return Fail(at_ + rune.length, fmt::format("unrecognized character: U+{:04X} '{}'", rune.value,
                                               rest().substr(0, rune.length)));
  }

  Token Name() {
    const size_t at = at_;
    while (at_ < source_.size() && IsNamePart(source_[at_])) ++at_;
    std::string text(source_.substr(at, at_ - at));
    const bool is_operator =
        std::find(kWordOperators.begin(), kWordOperators.end(), text) != kWordOperators.end();
    return {is_operator ? Token::Kind::kOperator : Token::Kind::kName, at, std::move(text)};
  }

  Result<Token> Number() {
    const size_t at = at_;
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '.' && rest().starts_with("..")) break;  // A range.
      const bool is_exponent_sign = (c == '+' || c == '-') && at_ > at && !IsHex(at) &&
                                    (source_[at_ - 1] == 'e' || source_[at_ - 1] == 'E');
      if (!IsNamePart(c) && c != '.' && !is_exponent_sign) break;
      ++at_;
    }
    std::string text(source_.substr(at, at_ - at));
    Token token{Token::Kind::kNumber, at, text};
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    const auto value = ReadNumber(text);
    if (!value) return Fail(at_, "bad number syntax: " + Quote(token.text));
    token.number = *value;
    return token;
  }

  bool IsHex(size_t at) const { return source_.substr(at).starts_with("0x"); }

  static std::optional<Value> ReadNumber(std::string_view text) {
    int base = 10;
    const bool has_prefix =
        text.starts_with("0x") || text.starts_with("0b") || text.starts_with("0o");
    if (has_prefix) {
      base = text[1] == 'x' ? 16 : text[1] == 'b' ? 2 : 8;
      text.remove_prefix(2);
    }
    const char* const end = text.data() + text.size();
    int64_t integer = 0;
    const auto as_integer = std::from_chars(text.data(), end, integer, base);
    if (as_integer.ec == std::errc() && as_integer.ptr == end) return Value(integer);
    double real = 0;
    const auto as_real = std::from_chars(text.data(), end, real);
    if (!has_prefix && as_real.ec == std::errc() && as_real.ptr == end) return Value(real);
    return std::nullopt;
  }

  Result<Token> Text(char quote) {
    Token token{Token::Kind::kText, at_++};
    for (;;) {
      if (at_ >= source_.size()) return Fail(source_.size() - 1, "literal not terminated");
      const char c = source_[at_++];
      if (c == quote) return token;
      if (c != '\\' || quote == '`') {
        token.text += c;
        continue;
      }
      TARN_TRY(Escape(&token.text));
    }
  }

  Status Escape(std::string* out) {
    constexpr std::string_view kNames = "abfnrtv\\'\"", kStand = "\a\b\f\n\r\t\v\\'\"";
    if (at_ >= source_.size()) return Fail(source_.size() - 1, "literal not terminated");
    const char c = source_[at_++];
    if (const size_t i = kNames.find(c); i != std::string_view::npos) {
      out->push_back(kStand[i]);
      return {};
    }
    const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    uint32_t code = 0;
    const std::string_view hex = rest().substr(0, digits);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
    if (digits == 0 || hex.size() != digits || error != std::errc() ||
        end != hex.data() + hex.size()) {
      return Fail(at_, "unable to unescape string");
    }
    at_ += digits;
    AppendRune(out, code);
    return {};
  }

  const std::string_view source_;
  size_t at_ = 0;
};

}  // namespace

Status FailureAt(std::string_view source, size_t at, std::string_view what) {
  at = std::min(at, source.size());
  const std::string_view before = source.substr(0, at);
  const size_t line_begin =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column = CountRunes(before.substr(line_begin));
  const std::string_view shown =
      source.substr(line_begin, source.find('\n', line_begin) - line_begin);
  return {Code::kInternal, fmt::format("{} ({}:{})\n | {}\n | {}^", what, line, column + 1, shown,
                                       std::string(column, '.'))};
}

Result<std::vector<Token>> Tokenize(std::string_view source) { return Lexer(source).Run(); }

}  // namespace tarn::hooks::condition
