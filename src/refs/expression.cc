#include "refs/expression.h"

#include <charconv>
#include <string>

namespace tarn::refs {
namespace {

constexpr std::string_view kModifiers = "~^@$";

// A decimal number with an optional sign, as the reference's language parses it.
bool ParseNumber(std::string_view digits, int64_t* number) {
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return false;
  }
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, *number);
  return error == std::errc() && stop == end;
}

Result<Modifier> ParseModifier(std::string_view text) {
  Modifier modifier{text.front()};
  const std::string_view rest = text.substr(1);
  if (modifier.kind == '@' || modifier.kind == '$') {
    if (!rest.empty()) return InvalidRef();
  } else if (!rest.empty() && !ParseNumber(rest, &modifier.number)) {
    return InvalidRef().Prefixed("could not parse modifier " + std::string(text) + ": ");
  }
  return modifier;
}

}  // namespace

Status InvalidRef() { return Status(Code::kInvalidValue, "ref: invalid value: validation error"); }

Result<Expression> ParseExpression(std::string_view text) {
  Expression expression;
  size_t at = std::min(text.find_first_of(kModifiers), text.size());
  expression.base = text.substr(0, at);
  if (expression.base.empty()) return InvalidRef();
  while (at < text.size()) {
    const size_t next = std::min(text.find_first_of(kModifiers, at + 1), text.size());
    TARN_TRY_ASSIGN(const Modifier modifier, ParseModifier(text.substr(at, next - at)));
    expression.modifiers.push_back(modifier);
    at = next;
  }
  return expression;
}

}  // namespace tarn::refs
