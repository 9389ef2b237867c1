// Conditions of statements: an operator, the facts of the request that it looks at, and the values
// that each of them may or must not have. Level 7; immutable.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "auth/permission.h"

namespace tarn::auth {

/// Allowed values by the name of a fact.
using ConditionFields = std::map<std::string, std::vector<std::string>, std::less<>>;
/// Fields by operator: "IpAddress", "NotIpAddress", "StringLike", "StringNotLike".
using Conditions = std::map<std::string, ConditionFields, std::less<>>;

enum class ConditionResult : uint8_t { kHolds, kFails, kError };

/// All operators, and in each all fields, must hold. An error (an unknown operator, an address that
/// is none) counts more than a condition that fails, whatever their order. Absent facts fail.
ConditionResult CheckConditions(const Conditions& conditions, RequestFacts& facts);

/// Why conditions would be an error whatever the facts are: "unsupported condition operator: X",
/// "missing field name", "invalid IP/CIDR format: X"; "" if they would not.
std::string WhatIsWrongWith(const Conditions& conditions);

}  // namespace tarn::auth
