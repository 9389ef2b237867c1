// Parsed conditions. Level 7; values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/condition/value.h"

namespace tarn::hooks::condition {

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  enum class Kind : uint8_t {
    kLiteral,    ///< literal
    kName,       ///< text
    kPointer,    ///< The item of a closure; text: its field, or "#acc" and "#index".
    kUnary,      ///< text: the operator; children: operand
    kBinary,     ///< text: the operator; children: left, right
    kCondition,  ///< children: condition, then, else
    kCall,       ///< text: the function; children: arguments
    kMethod,     ///< text: the method; children: object, arguments
    kClosure,    ///< children: body
    kMember,     ///< children: object, name or index
    kOptional,   ///< Like kMember, nil for nil.
    kSlice,      ///< children: object, from or null, to or null
    kList,       ///< children: items
    kMap,        ///< children: name, value, name, value, ...
    kLet,        ///< text: the variable; children: value, body
  };
  Kind kind = Kind::kLiteral;
  size_t at = 0;  ///< Offset in the source, for failures.
  std::string text = {};
  Value literal = {};
  std::vector<NodePtr> children = {};
};

/// A failure at an offset of the source, as the reference shows it.
Status FailureAt(std::string_view source, size_t at, std::string_view what);

/// Parses a whole expression. Failures as EvaluateCondition says.
Result<NodePtr> Parse(std::string_view source);

}  // namespace tarn::hooks::condition
