#include "auth/claims.h"

#include "auth/refusal.h"
#include "base/text.h"

namespace tarn::auth {
namespace {

std::vector<std::string> SplitNames(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view name = Trim(text.substr(0, comma), " \t\r\n\v\f");
    if (!name.empty()) names.emplace_back(name);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return names;
}

Result<std::vector<std::string>> GroupsOf(const Json& claims, const ClaimRules& rules) {
  const Json* const claim = claims.Find(rules.groups_claim);
  if (claim == nullptr) return rules.default_groups;
  if (claim->is_string()) return SplitNames(claim->string());
  std::vector<std::string> names;
  if (!claim->is_array()) return names;
  for (const Json& item : claim->items()) {
    if (!item.is_string()) return NotAuthenticated();
    names.push_back(item.string());
  }
  return names;
}

}  // namespace

Result<std::string> CheckClaims(const Json& claims, const ClaimRules& rules) {
  const auto id = claims.StringAt(rules.id_claim);
  if (!id || id->empty()) return NotAuthenticated();
  for (const auto& [name, value] : rules.required)
    if (claims.StringAt(name) != value) return NotAuthenticated();
  return std::string(*id);
}

Result<ExternalUser> ReadClaims(const Json& claims, const ClaimRules& rules) {
  ExternalUser user;
  TARN_TRY_ASSIGN(user.id, CheckClaims(claims, rules));
  TARN_TRY_ASSIGN(user.groups, GroupsOf(claims, rules));
  user.username = user.id;
  user.friendly_name = claims.StringAt(rules.friendly_name_claim).value_or("");
  user.keep_friendly_name = rules.keep_friendly_name;
  user.source = rules.source;
  return user;
}

}  // namespace tarn::auth
