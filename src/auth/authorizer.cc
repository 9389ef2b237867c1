#include "auth/authorizer.h"

#include <optional>
#include <string>

namespace tarn::auth {
namespace {

/// One item of a list, which is all that the resource of a listing names.
class ItemFacts : public RequestFacts {
 public:
  explicit ItemFacts(std::string_view item) : item_(item) {}
  Status AppendName(std::string_view, size_t, std::string* out) override {
    *out += item_;
    return {};
  }
  size_t CountOf(std::string_view) override { return 0; }
  std::optional<std::string> Fact(std::string_view) override { return std::nullopt; }

 private:
  const std::string_view item_;
};

}  // namespace

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
  ItemFacts facts(item);
  const auto resource = FormatResource(wanted_.resource, 0, facts);
  return resource.ok() && policies_->AllowsInListing(wanted_.action, *resource);
}

}  // namespace tarn::auth
