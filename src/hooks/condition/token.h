// Words of conditions. Level 7; pure function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/condition/value.h"

namespace tarn::hooks::condition {

struct Token {
  enum class Kind : uint8_t { kName, kNumber, kText, kOperator, kBracket, kEnd };
  Kind kind = Kind::kEnd;
  size_t at = 0;
  std::string text = {};  ///< Of a text: what it stands for.
  Value number = {};

  bool Is(Kind wanted, std::string_view spelled) const { return kind == wanted && text == spelled; }
};

/// The last one is kEnd.
Result<std::vector<Token>> Tokenize(std::string_view source);

}  // namespace tarn::hooks::condition
