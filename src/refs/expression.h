// Grammar of ref expressions: base modifier*, a modifier being "~N", "^N", "@" or "$". Level 5,
// pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::refs {

struct Modifier {
  char kind = '~';     ///< One of ~ ^ @ $.
  int64_t number = 1;  ///< Of ~ and ^; 1 when not given.
};

/// A parsed expression; borrows from its text.
struct Expression {
  std::string_view base;
  std::vector<Modifier> modifiers;
};

/// kInvalidValue "ref: invalid value: validation error", with the modifier in front when its number
/// is none.
Result<Expression> ParseExpression(std::string_view text);

/// kInvalidValue "ref: invalid value: validation error".
Status InvalidRef();

}  // namespace tarn::refs
