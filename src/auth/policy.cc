#include "auth/policy.h"

#include <algorithm>

#include "auth/arn.h"
#include "codec/json.h"

namespace tarn::auth {
namespace {

constexpr std::string_view kUserName = "${user}";

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += ',';
    joined += text;
  }
  return joined;
}

}  // namespace

std::optional<std::vector<std::string>> ResourcePatterns(std::string_view resource) {
  if (resource.empty()) return std::nullopt;
  if (resource.front() != '[' || resource.back() != ']')
    return std::vector<std::string>{std::string(resource)};
  const auto list = ParseJson(resource, {.trailing = JsonTrailing::kRefuse});
  if (!list.ok() || !list->is_array()) return std::nullopt;
  std::vector<std::string> patterns;
  for (const Json& item : list->items()) {
    if (!item.is_string() && !item.is_null()) return std::nullopt;
    patterns.push_back(item.is_string() ? item.string() : std::string());
  }
  return patterns;
}

ResourcePattern::ResourcePattern(std::string_view pattern, std::string_view username) {
  std::string text;
  Wildcard whole;
  for (;;) {
    const size_t name = pattern.find(kUserName);
    text += pattern.substr(0, name);
    whole.AppendPattern(pattern.substr(0, name));
    if (name == std::string_view::npos) break;
    text += username;
    whole.AppendLiteral(username);
    pattern.remove_prefix(name + kUserName.size());
  }
  is_everything_ = whole.is_anything();
  const auto arn = ParseArn(text);
  if (!arn) return;
  is_name_ = true;
  service_ = arn->service;
  account_ = arn->account;
  resource_ = whole.After(text.size() - arn->resource.size());
}

bool ResourcePattern::Matches(const std::optional<Arn>& resource) const {
  if (is_everything_) return true;
  return is_name_ && resource && resource->service == service_ && resource->account == account_ &&
         resource_.Matches(resource->resource);
}

std::string Decision::Refusal() const {
  std::string text = "insufficient permissions: ";
  if (!denied.empty()) return text + "denied permission to " + Joined(denied);
  if (!unauthorized.empty()) return text + "not allowed to " + Joined(unauthorized);
  return text + "not allowed";
}

UserPolicies::UserPolicies(std::span<const Policy> policies, std::string_view username) {
  for (const Policy& policy : policies) {
    for (const Statement& statement : policy.statements) {
      Rule rule{.denies = statement.effect == "deny",
                .allows_by_name = statement.effect == "allow",
                .actions = {},
                .resources = std::nullopt,
                .conditions = statement.conditions};
      for (const std::string& action : statement.actions)
        rule.actions.push_back({action, Wildcard(action)});
      if (const auto patterns = ResourcePatterns(statement.resource)) {
        rule.resources.emplace();
        for (const std::string& pattern : *patterns)
          rule.resources->emplace_back(pattern, username);
      }
      rules_.push_back(std::move(rule));
    }
  }
}

bool UserPolicies::Rule::Covers(const std::optional<Arn>& resource) const {
  return resources && std::any_of(resources->begin(), resources->end(),
                                  [&](const auto& pattern) { return pattern.Matches(resource); });
}

const UserPolicies::ActionPattern* UserPolicies::Rule::Match(std::string_view action) const {
  const auto found = std::find_if(actions.begin(), actions.end(), [&](const auto& candidate) {
    return candidate.pattern.Matches(action);
  });
  return found == actions.end() ? nullptr : &*found;
}

Result<Decision> UserPolicies::Decide(const Permission& wanted, RequestFacts& facts) const {
  Decision decision;
  TARN_TRY_ASSIGN(decision.verdict, DecideNode(wanted, 0, facts, &decision));
  return decision;
}

Result<Verdict> UserPolicies::DecideNode(const Permission& wanted, size_t item, RequestFacts& facts,
                                         Decision* decision) const {
  switch (wanted.kind) {
    case Permission::Kind::kAction: {
      TARN_TRY_ASSIGN(const std::string resource, FormatResource(wanted.resource, item, facts));
      return DecideAction(wanted.action, resource, facts, decision);
    }
    case Permission::Kind::kAll:
      return DecideAll(wanted, item, facts, decision);
    case Permission::Kind::kAny:
      return DecideAny(wanted, item, facts, decision);
    case Permission::Kind::kEach:
      for (size_t i = 0; i < facts.CountOf(wanted.list); ++i) {
        TARN_TRY_ASSIGN(const Verdict verdict, DecideAll(wanted, i, facts, decision));
        if (verdict != Verdict::kAllow) return verdict;
      }
      return Verdict::kAllow;
    case Permission::Kind::kNone:
      break;
  }
  return Verdict::kDeny;
}

Result<Verdict> UserPolicies::DecideAll(const Permission& wanted, size_t item, RequestFacts& facts,
                                        Decision* decision) const {
  for (const Permission& part : wanted.parts) {
    TARN_TRY_ASSIGN(const Verdict verdict, DecideNode(part, item, facts, decision));
    if (verdict != Verdict::kAllow) return verdict;
  }
  return Verdict::kAllow;
}

Result<Verdict> UserPolicies::DecideAny(const Permission& wanted, size_t item, RequestFacts& facts,
                                        Decision* decision) const {
  Verdict any = Verdict::kNeutral;
  for (const Permission& part : wanted.parts) {
    TARN_TRY_ASSIGN(const Verdict verdict, DecideNode(part, item, facts, decision));
    if (verdict == Verdict::kDeny) return verdict;
    if (verdict == Verdict::kAllow) any = verdict;
  }
  return any;
}

// Conditions come before the resource, so that one that cannot be judged denies everything.
Verdict UserPolicies::DecideAction(std::string_view action, std::string_view resource,
                                   RequestFacts& facts, Decision* decision) const {
  Verdict verdict = Verdict::kNeutral;
  const auto name = ParseArn(resource);
  decision->statement.reset();
  for (size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    const auto deny = [&] {
      decision->statement = i;
      return Verdict::kDeny;
    };
    if (!rule.conditions.empty()) {
      const ConditionResult condition = CheckConditions(rule.conditions, facts);
      if (condition == ConditionResult::kError) return deny();
      if (condition == ConditionResult::kFails) continue;
    }
    if (!rule.resources) return deny();
    if (!rule.Covers(name)) continue;
    const ActionPattern* match = rule.Match(action);
    if (match == nullptr) continue;
    if (rule.denies) {
      decision->denied.push_back(match->text);
      return deny();
    }
    if (verdict == Verdict::kNeutral) decision->statement = i;
    verdict = Verdict::kAllow;
  }
  if (verdict == Verdict::kNeutral) decision->unauthorized.emplace_back(action);
  return verdict;
}

bool UserPolicies::AllowsAnywhere(std::string_view action) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    return rule.allows_by_name && rule.Match(action) != nullptr;
  });
}

bool UserPolicies::AllowsInListing(std::string_view action, std::string_view resource) const {
  bool allowed = false;
  const auto name = ParseArn(resource);
  for (const Rule& rule : rules_) {
    if (!rule.conditions.empty() || !rule.Covers(name) || rule.Match(action) == nullptr) continue;
    if (rule.denies) return false;
    allowed = true;
  }
  return allowed;
}

}  // namespace tarn::auth
