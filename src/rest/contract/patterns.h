// The regular expressions of the contract, each with its matcher. Level 8; pure functions.
//
// There are four; a hand-written matcher is faster than an engine and as easy to check
// (rest/values_test.cc runs both sides of each).
#pragma once

#include <string_view>

namespace tarn::rest {

struct Pattern {
  std::string_view name;        ///< As the tables name it.
  std::string_view expression;  ///< As error messages and the OpenAPI document show it.
  bool (*matches)(std::string_view text);
};

/// The pattern of that name; REQUIRES that there is one.
const Pattern& PatternNamed(std::string_view name);

/// Whether the text has the contract's form of a date and time; the zone may be absent.
bool IsDateTime(std::string_view text);
inline constexpr std::string_view kDateTimeExpression =
    "^[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])T([0-1][0-9]|2[0-3]):[0-5][0-9]:"
    "([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)[0-9]{2}:[0-9]{2})?$";

}  // namespace tarn::rest
