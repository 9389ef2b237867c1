#include "auth/authorizer.h"

#include <string>

namespace tarn::auth {

Status Authorizer::DecideByPolicies(const User& who, const Permission& wanted,
                                    RequestFacts& facts) const {
  TARN_TRY_ASSIGN(const auto policies, policies_->PoliciesOf(who));
  TARN_TRY_ASSIGN(const Decision decision, policies->Decide(wanted, facts));
  if (decision.verdict == Verdict::kAllow) return {};
  return {Code::kInsufficientPermissions, decision.Refusal()};
}

Result<Visibility> Authorizer::See(const User& who, const Permission& wanted) const {
  Visibility visibility;
  if (policies_ == nullptr) return visibility;
  TARN_TRY_ASSIGN(visibility.policies_, policies_->PoliciesOf(who));
  visibility.wanted_ = wanted;
  if (visibility.policies_->AllowsAnywhere(wanted.action)) return visibility;
  return Status(Code::kInsufficientPermissions, "insufficient permissions");
}

bool Visibility::Shows(std::string_view item) const {
  if (policies_ == nullptr) return true;
  const std::string_view resource = wanted_.resource;
  std::string text(resource.substr(0, resource.find('{')));
  return policies_->AllowsInListing(wanted_.action, text.append(item));
}

}  // namespace tarn::auth
