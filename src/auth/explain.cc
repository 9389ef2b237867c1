#include "auth/explain.h"

#include "auth/permission.h"
#include "auth/policy.h"

namespace tarn::auth {
namespace {

/// A question in place of a request; its resource is what the one name of the template stands for.
class QuestionFacts : public RequestFacts {
 public:
  explicit QuestionFacts(const AccessQuestion& question) : question_(question) {}
  Status AppendName(std::string_view, size_t, std::string* out) override {
    *out += question_.resource;
    return {};
  }
  size_t CountOf(std::string_view) override { return 0; }
  std::optional<std::string> Fact(std::string_view name) override {
    const auto found = question_.facts.find(name);
    return found == question_.facts.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  const AccessQuestion& question_;
};

/// The statement that has a place in all policies together.
Explanation::Source SourceAt(std::span<const StoredPolicy> policies, size_t place) {
  for (const StoredPolicy& stored : policies) {
    const auto& statements = stored.policy.statements;
    if (place < statements.size()) return {stored.name, place, statements[place].effect};
    place -= statements.size();
  }
  return {};
}

}  // namespace

Explanation Explain(std::span<const StoredPolicy> policies, std::string_view username,
                    const AccessQuestion& question) {
  std::vector<Policy> all;
  all.reserve(policies.size());
  for (const StoredPolicy& stored : policies) all.push_back(stored.policy);
  Permission wanted;
  wanted.kind = Permission::Kind::kAction;
  wanted.action = question.action;
  wanted.resource = "{resource}";
  QuestionFacts facts(question);
  // Only names of templates that cannot be known are errors.
  const Decision decision = *UserPolicies(all, username).Decide(wanted, facts);
  Explanation explanation;
  explanation.allowed = decision.verdict == Verdict::kAllow;
  if (decision.statement) explanation.decided_by = SourceAt(policies, *decision.statement);
  explanation.missing = decision.unauthorized;
  return explanation;
}

}  // namespace tarn::auth
