// The two events around a commit that moves a branch: one before, which may refuse it, and one
// after, announced when the commit is made and run when the branch has moved. Level 6; one thread
// at a time.
#pragma once

#include <string>

#include "versioning/branch/branch_commit.h"
#include "versioning/context.h"

namespace tarn::versioning {

enum class AskBefore : uint8_t { kNo, kYes };

class HookedCommit {
 public:
  /// `before` describes the event before; it outlives this, as do the texts that it borrows, and
  /// its source ref may be set until the hook is asked.
  HookedCommit(Context& context, HookCall& before, HookEvent after)
      : context_(context), call_(before), after_(after) {}

  /// Makes CommitToBranch ask and announce, after what the options do before the update. Refusals
  /// of the hook before get a prefix. This outlives the options.
  void AddTo(BranchCommitOptions* options, AskBefore ask, std::string refusal_prefix = {});
  /// The branch has moved to the commit.
  void Committed(const refs::Commit& commit);

 private:
  HookCall After(const refs::Commit& commit) const;

  Context& context_;
  HookCall& call_;
  const HookEvent after_;
  PostHook post_;
};

}  // namespace tarn::versioning
