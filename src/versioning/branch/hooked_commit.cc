#include "versioning/branch/hooked_commit.h"

#include <utility>

namespace tarn::versioning {

void HookedCommit::AddTo(BranchCommitOptions* options, AskBefore ask, std::string refusal_prefix) {
  HookRunner* const runner =
      ask == AskBefore::kYes ? FindHook(context_, call_.repository, call_.event) : nullptr;
  if (runner != nullptr) {
    options->ask_hook = [this, runner, prefix = std::move(refusal_prefix)](
                            const refs::Commit& planned) -> Result<BranchCommitOptions::HookWork> {
      call_.commit = &planned;
      call_.commit_id = planned.id.view();
      auto heard = HearPreHook(context_, *runner, &call_);
      if (!heard.ok()) return std::move(heard).status().Prefixed(prefix);
      if (*heard != Listening::kThisEvent) return BranchCommitOptions::HookWork();
      return BranchCommitOptions::HookWork(
          [this, runner, &prefix] { return RunHeardPreHook(*runner, &call_).Prefixed(prefix); });
    };
  }
  if (FindHook(context_, call_.repository, after_) == nullptr) return;
  options->before_update =
      [this, check = std::move(options->before_update)](const refs::Commit& made) -> Status {
    if (check) TARN_TRY(check(made));
    TARN_TRY_ASSIGN(post_, PostHook::Announce(context_, After(made)));
    return {};
  };
}

void HookedCommit::Committed(const refs::Commit& commit) { post_.Run(After(commit)); }

HookCall HookedCommit::After(const refs::Commit& commit) const {
  HookCall after = call_;
  after.event = after_;
  after.source_ref = commit.id.view();
  after.commit = &commit;
  after.commit_id = commit.id.view();
  return after;
}

}  // namespace tarn::versioning
