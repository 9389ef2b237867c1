#include "versioning/reset.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "refs/names.h"
#include "versioning/branch_commit.h"
#include "versioning/branch_view.h"
#include "versioning/branches.h"
#include "versioning/dereference.h"
#include "versioning/protection.h"
#include "versioning/staged_diff.h"
#include "versioning/staged_write.h"

namespace tarn::versioning {
namespace {

/// Exchanges all tokens for a new one.
Status DropChanges(Context& context, const refs::Repository& repository, const BranchId& branch) {
  std::vector<StagingToken> dropped;
  TARN_TRY(context.refs.UpdateBranch(repository, branch, [&](refs::Branch* b) -> Result<bool> {
    dropped.clear();
    TARN_TRY_ASSIGN(const bool empty, context.staging.Empty(b->tokens()));
    if (empty && b->sealed_tokens.empty()) return false;
    dropped = b->tokens();
    b->staging_token = staging::NewStagingToken(repository.id, branch);
    b->sealed_tokens.clear();
    return true;
  }));
  DropTokens(context, dropped);
  return Status();
}

/// Seals the changes of now under a cover: a token that says of each changed path below a prefix
/// what the head says. Both are sealed, under a new staging token, so that a writer who still uses
/// the old one writes again.
class PrefixReset {
 public:
  PrefixReset(Context& context, const refs::Repository& repository, std::string_view prefix)
      : context_(context), repository_(repository), prefix_(prefix) {}

  /// A change for Store::UpdateBranch.
  Result<bool> Cover(refs::Branch* branch) {
    Discard();
    TARN_TRY_ASSIGN(const auto head, context_.refs.GetCommit(repository_, branch->commit));
    TARN_TRY_ASSIGN(const auto diff,
                    DiffStaged(context_, repository_, head->metarange, branch->tokens(), nullptr));
    TARN_TRY(diff->Seek(prefix_));
    if (!IsBelow(*diff)) return false;
    cover_ = {staging::NewStagingToken(repository_.id, branch->id)};
    while (IsBelow(*diff)) TARN_TRY(CoverBatch(*diff));
    auto& sealed = branch->sealed_tokens;
    // A commit under way, of what was sealed before, has to take the cover in as well: it starts
    // over when the list no longer ends in what it took.
    if (!sealed.empty()) sealed.push_back(staging::NewStagingToken(repository_.id, branch->id));
    sealed.insert(sealed.begin(), {cover_.front(), branch->staging_token});
    branch->staging_token = staging::NewStagingToken(repository_.id, branch->id);
    return true;
  }

  /// Drops the cover of a reset that failed, unless the branch has it: an update may have been
  /// written and yet report an error.
  void DiscardUnused(const BranchId& branch) {
    const auto now = context_.refs.GetBranch(repository_, branch);
    if (!now.ok() || cover_.empty()) return;
    const auto& sealed = now->sealed_tokens;
    if (std::find(sealed.begin(), sealed.end(), cover_.front()) == sealed.end()) Discard();
  }

 private:
  static constexpr size_t kBatchPaths = 1024;

  void Discard() { DropTokens(context_, std::exchange(cover_, {})); }

  bool IsBelow(const committed::DiffIterator& diff) const {
    return diff.Valid() && diff.key().starts_with(prefix_);
  }

  Status CoverBatch(committed::DiffIterator& diff) {
    std::vector<std::pair<std::string, Value>> committed;
    while (committed.size() < kBatchPaths && IsBelow(diff)) {
      const ValueView left = diff.value().left;
      committed.emplace_back(diff.key(), Value{std::string(left.identity), std::string(left.data)});
      TARN_TRY(diff.Next());
    }
    std::vector<staging::Store::Change> changes;
    for (const auto& [path, value] : committed) changes.push_back({path, value.view()});
    const std::vector<Status> results = context_.staging.SetMany(cover_.front(), changes);
    for (const Status& result : results) TARN_TRY(result);
    return Status();
  }

  Context& context_;
  const refs::Repository& repository_;
  const std::string_view prefix_;
  std::vector<StagingToken> cover_;  // The covering token, if there is one.
};

enum class Outcome : uint8_t { kDone, kAgain };

/// Takes the staged record of a path away; where a sealed one would come to light, it writes over
/// it what the head says.
Result<Outcome> TryResetPath(Context& context, const refs::Repository& repository,
                             const BranchId& branch, std::string_view path) {
  TARN_TRY_ASSIGN(const refs::Branch before, context.refs.GetBranch(repository, branch));
  const BranchView view(context, repository, before);
  TARN_TRY_ASSIGN(const auto in_token, view.InToken(path));
  TARN_TRY_ASSIGN(const auto in_sealed, view.InSealed(path));
  TARN_TRY_ASSIGN(const auto in_head, view.InHead(path));
  TARN_TRY_ASSIGN(const refs::Branch now, context.refs.GetBranch(repository, branch));
  if (!SameView(before, now)) return Outcome::kAgain;

  const ValueView committed = in_head ? in_head->view() : ValueView{};
  const ValueView sealed = in_sealed ? in_sealed->value() : committed;
  if (sealed.identity == committed.identity) {
    if (!in_token) return Outcome::kDone;
    TARN_TRY(context.staging.Remove(before.staging_token, path));
  } else {
    const ValueView staged = in_token ? in_token->value() : sealed;
    if (staged.identity == committed.identity) return Outcome::kDone;
    TARN_TRY(in_head ? context.staging.Set(before.staging_token, path, committed)
                     : context.staging.SetTombstone(before.staging_token, path));
  }
  TARN_TRY_ASSIGN(const refs::Branch after, context.refs.GetBranch(repository, branch));
  return SameView(before, after) ? Outcome::kDone : Outcome::kAgain;
}

Status CheckHardReset(Context& context, const refs::Repository& repository, const BranchId& branch,
                      bool force) {
  const Status protection = CheckUnprotected(context, repository, branch, BlockedAction::kCommit);
  if (protection.code() == Code::kProtectedBranch) {
    return Status(Code::kProtectedBranch, "protected branch");
  }
  TARN_TRY(protection);
  return CheckStagedWrite(context, repository, branch, force);
}

}  // namespace

Status ResetBranch(Context& context, const refs::Repository& repository, const BranchId& branch,
                   bool force) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(CheckStagedWrite(context, repository, branch, force));
  return DropChanges(context, repository, branch);
}

Status ResetPrefix(Context& context, const refs::Repository& repository, const BranchId& branch,
                   std::string_view prefix, bool force) {
  if (prefix.empty()) return ResetBranch(context, repository, branch, force);
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(CheckStagedWrite(context, repository, branch, force));
  PrefixReset reset(context, repository, prefix);
  Status covered = context.refs.UpdateBranch(repository, branch,
                                             [&](refs::Branch* b) { return reset.Cover(b); });
  if (!covered.ok()) reset.DiscardUnused(branch);
  return covered;
}

Status ResetPath(Context& context, const refs::Repository& repository, const BranchId& branch,
                 std::string_view path, bool force) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  TARN_TRY(CheckStagedWrite(context, repository, branch, force));
  for (int i = 0; i < kStagedWriteTriesMax; ++i) {
    TARN_TRY_ASSIGN(const Outcome outcome, TryResetPath(context, repository, branch, path));
    if (outcome == Outcome::kDone) return Status();
  }
  return TooManyStagedWriteTries();
}

Status HardResetBranch(Context& context, const refs::Repository& repository, const BranchId& branch,
                       std::string_view ref, bool force) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckRef("ref", ref));
  TARN_TRY(CheckHardReset(context, repository, branch, force));
  const std::string prefix = "hard-reset " + branch.str() + " to ";
  return context.refs.UpdateBranch(repository, branch, [&](refs::Branch* b) -> Result<bool> {
    TARN_TRY_ASSIGN(const bool dirty, HasChanges(context, repository, b->commit, b->sealed_tokens));
    if (dirty) {
      return Status(Code::kDirtyBranch, branch.str() + ": uncommitted changes (dirty branch)");
    }
    TARN_TRY_ASSIGN(refs::Commit commit, DereferenceNamed(context, repository, prefix, ref));
    b->commit = std::move(commit.id);
    return true;
  });
}

}  // namespace tarn::versioning
