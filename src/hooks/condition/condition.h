// The `if` of a hook: a small expression language (arithmetic, text, lists, closures) that says
// whether the hook runs. Failures in the reference's words where they are known.
//
// An evaluation is bounded in steps, depth and memory, so hostile text costs milliseconds. Level 7;
// pure functions of the text and the time.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::hooks {

/// Most bytes of an expression.
inline constexpr size_t kConditionBytesMax = 16 << 10;

/// What an expression can ask about.
struct ConditionFacts {
  bool has_failed = false;  ///< A hook of this action, before this one: failure() and success().
  Timestamp now = {};
};

/// Evaluates an expression. kInternal: "hook 'if' expression should evaluate to a boolean", or
/// "<what is wrong> (<line>:<column>)\n | <the line>\n | ...^".
Result<bool> EvaluateCondition(std::string_view expression, const ConditionFacts& facts);

}  // namespace tarn::hooks
