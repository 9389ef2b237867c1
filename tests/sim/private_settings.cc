// Settings of the repository that clients change at the same time, each its own part of them.
#include <algorithm>
#include <utility>

#include "base/sync.h"
#include "private_branches.h"
#include "versioning/branch/protection.h"
#include "versioning/commit.h"
#include "versioning/gc/gc_rules.h"

namespace tarn::sim {
namespace {

constexpr int kTriesMax = 50;
constexpr int64_t kPauseUs = 5'000'000;

}  // namespace

// Protected branches. ---------------------------------------------------------------------------

bool PrivateBranches::IsProtected() {
  const auto rules = versioning::GetProtectionRules(world_.observer().context, repository_);
  Expect(rules.ok(), rules.status().ToString());
  return rules.ok() && std::count(rules->patterns.begin(), rules->patterns.end(), at_->name) != 0;
}

/// All rules at once, as they were read before.
Status PrivateBranches::ReplaceProtection(SimServer& server, bool wanted) {
  TARN_TRY_ASSIGN(auto rules, versioning::GetProtectionRules(server.context, repository_));
  std::erase(rules.patterns, at_->name);
  if (wanted) rules.patterns.push_back(at_->name);
  return versioning::SetProtectionRules(server.context, repository_, rules.patterns,
                                        rules.checksum);
}

/// Until it is so, and all servers know.
void PrivateBranches::SetProtection(bool wanted) {
  const VerbScope scope(wanted ? "protect branch" : "unprotect branch");
  bool is_protected = !wanted;
  for (int i = 0; i < kTriesMax && is_protected != wanted && !world_.failed(); ++i) {
    const auto server = world_.AnyServer();
    versioning::Context& context = server->context;
    const Status set = world_.Draw(2) == 0 ? ReplaceProtection(*server, wanted)
                       : wanted ? versioning::AddProtectionRule(context, repository_, at_->name)
                                : versioning::RemoveProtectionRule(context, repository_, at_->name);
    Expect(set.code() != Code::kNotFound, "a rule is lost");
    const Outcome outcome = world_.Judge(set, {Code::kPreconditionFailed}, at_->name);
    is_protected = IsProtected();
    Expect(outcome != Outcome::kDone || is_protected == wanted, "rules are as before");
    Expect(outcome != Outcome::kRefused || is_protected != wanted, "refused rules hold");
    if (is_protected != wanted) SleepForUs(kPauseUs);
  }
  Expect(is_protected == wanted, "rules cannot be set");
  SleepForUs(1000 * (versioning::ProtectionCache::kKeptMs + 1));
}

/// Of what is done to a protected branch: it is well if it is refused.
void PrivateBranches::JudgeProtected(const Status& status) {
  Expect(!status.ok(), "a protected branch was changed");
  const bool refused = status.code() == Code::kProtectedBranch;
  world_.Judge(refused ? Status() : status, {}, at_->name);
  Settle(*at_, Outcome::kRefused, {});
}

void PrivateBranches::ProtectBranch() {
  SetProtection(true);
  {
    const VerbScope scope("put protected");
    const auto server = world_.AnyServer();
    const std::string path = AnyPath(), text = world_.NewText();
    const Status put = Installation::Upload(*server, repository_, at_->name, path, text,
                                            versioning::SetCondition::kNone);
    JudgeProtected(put);
  }
  {
    const VerbScope scope("commit protected");
    const auto server = world_.AnyServer();
    const Status made =
        versioning::Commit(
            server->context, repository_,
            {.branch = BranchId(at_->name), .committer = "client", .message = "commit"})
            .status();
    JudgeProtected(made);
  }
  SetProtection(false);
}

// Others. ---------------------------------------------------------------------------------------

void PrivateBranches::SetRepositoryMetadata() {
  const std::string value = world_.NewText();
  const auto server = world_.AnyServer();
  const Outcome outcome =
      world_.Judge(server->refs.UpdateRepositoryMetadata(
                       repository_, [&](Metadata* metadata) { (*metadata)[prefix_] = value; }),
                   {}, value);
  const auto found = world_.observer().refs.GetRepositoryMetadata(repository_);
  if (!found.ok()) return Expect(false, found.status().ToString());
  const auto now = found->find(prefix_);
  const std::string is = now == found->end() ? "" : now->second;
  Expect(is == value || (outcome != Outcome::kDone && is == repository_value_), "it is " + is);
  repository_value_ = is;
}

/// All clients set the same ones, or take them away.
void PrivateBranches::SetGcRules() {
  const auto server = world_.AnyServer();
  if (world_.Draw(2) == 0) {
    world_.Judge(versioning::DeleteGcRules(server->context, repository_), {}, "none");
  } else {
    versioning::GcRules rules;
    rules.default_retention_days = 7;
    world_.Judge(versioning::SetGcRules(server->context, repository_, rules), {}, "rules");
  }
  const auto found = versioning::GetGcRules(world_.observer().context, repository_);
  Expect(found.code() == Code::kNotFound || (found.ok() && found->default_retention_days == 7),
         found.status().ToString());
}

}  // namespace tarn::sim
