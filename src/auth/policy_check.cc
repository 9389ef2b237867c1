#include "auth/policy_check.h"

#include <algorithm>
#include <iterator>

#include "auth/condition.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

constexpr std::string_view kServices[] = {"fs",       "auth", "ci",     "retention",
                                          "branches", "pr",   "catalog"};
constexpr ptrdiff_t kArnColonsMin = 5;

Status Invalid(std::string_view what) {
  return {Code::kInvalidRequest, fmt::format("validation error: {}", what)};
}

Status CheckAction(std::string_view action) {
  const size_t colon = action.find(':');
  if (colon == std::string_view::npos || action.find(':', colon + 1) != std::string_view::npos)
    return Invalid(fmt::format("{}: invalid action", action));
  if (std::find(std::begin(kServices), std::end(kServices), action.substr(0, colon)) ==
      std::end(kServices))
    return Invalid(fmt::format("{}: invalid service name", action));
  return {};
}

bool IsResource(std::string_view pattern) {
  return pattern == kEverything ||
         (pattern.starts_with("arn:") &&
          std::count(pattern.begin(), pattern.end(), ':') >= kArnColonsMin);
}

Status CheckResource(std::string_view resource) {
  const auto patterns = ResourcePatterns(resource);
  if (!patterns || patterns->empty() ||
      !std::all_of(patterns->begin(), patterns->end(), &IsResource))
    return Invalid(fmt::format("ARN '{}'", resource));
  return {};
}

}  // namespace

Status CheckName(std::string_view name) {
  if (name.empty()) return {Code::kInvalidRequest, "empty name: validation error"};
  if (name.find('/') != std::string_view::npos)
    return {Code::kInvalidRequest, "name contains delimiter /: validation error"};
  if (name.size() > kNameBytesMax) {
    return {Code::kInvalidRequest,
            fmt::format("name is longer than {} bytes: validation error", kNameBytesMax)};
  }
  return {};
}

Status CheckPolicy(const StoredPolicy& policy) {
  TARN_TRY(CheckName(policy.name));
  if (policy.policy.statements.empty()) return Invalid("statement");
  for (const Statement& statement : policy.policy.statements) {
    if (statement.actions.empty()) return Invalid(": invalid action");
    for (const std::string& action : statement.actions) TARN_TRY(CheckAction(action));
    TARN_TRY(CheckResource(statement.resource));
    if (statement.effect != "allow" && statement.effect != "deny")
      return Invalid(fmt::format("effect '{}'", statement.effect));
    if (const std::string wrong = WhatIsWrongWith(statement.conditions); !wrong.empty())
      return Invalid(wrong);
  }
  return {};
}

}  // namespace tarn::auth
