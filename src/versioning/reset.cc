#include "versioning/reset.h"

#include <span>
#include <string>
#include <utility>

#include "refs/names.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/branch/branch_view.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/protection.h"
#include "versioning/branch/sealed_tokens.h"
#include "versioning/branch/staged_write.h"
#include "versioning/dereference.h"
#include "versioning/repository/pulls.h"

namespace tarn::versioning {
namespace {

/// Exchanges all tokens for a new one.
Status DropChanges(Context& context, const refs::Repository& repository, const BranchId& branch) {
  return context.refs.UpdateBranch(repository, branch, [&](refs::Branch* b) -> Result<bool> {
    TARN_TRY_ASSIGN(const bool empty, context.staging.Empty(b->tokens()));
    if (empty && b->sealed_tokens.empty()) return false;
    TARN_TRY(context.staging.QueueDrop(b->tokens()));
    b->staging_token = staging::NewStagingToken(context.random, repository.id, branch);
    b->sealed_tokens.clear();
    return true;
  });
}

/// The paths of a reset: one, or all that start with it.
struct Scope {
  std::string_view text;
  bool whole = false;  ///< One path alone.

  bool Has(std::string_view path) const { return whole ? path == text : path.starts_with(text); }
};

/// Takes the records of a scope away. What is reset must leave no record behind: one that says what
/// the head says would be a change as soon as a merge moves the head.
class ScopeReset {
 public:
  ScopeReset(Context& context, const refs::Repository& repository, const BranchId& branch,
             Scope scope)
      : context_(context), repository_(repository), branch_(branch), scope_(scope) {}

  Status Run() {
    for (int i = 0; i < kStagedWriteTriesMax; ++i) {
      TARN_TRY_ASSIGN(const refs::Branch before, context_.refs.GetBranch(repository_, branch_));
      const std::span<const StagingToken> token(&before.staging_token, 1);
      TARN_TRY_ASSIGN(const bool in_token, In(token));
      TARN_TRY_ASSIGN(const bool in_sealed, In(before.sealed_tokens));
      if (!in_token && !in_sealed) return Status();
      if (in_sealed || !scope_.whole) return ResetSealed(in_token);
      TARN_TRY_ASSIGN(const bool done, RemoveInPlace(before));
      if (done) return Status();
    }
    return TooManyStagedWriteTries();
  }

 private:
  Result<bool> In(std::span<const StagingToken> tokens) {
    if (!scope_.whole) return context_.staging.HasBelow(tokens, scope_.text);
    TARN_TRY_ASSIGN(const auto found, context_.staging.GetFirst(tokens, scope_.text));
    return found.has_value();
  }

  /// Removes the record of the one path from the staging token. First it says what the head says: a
  /// commit that seals the token meanwhile may have read the old value, and while it runs others
  /// must find a record there, or a delete would think that there is nothing to bury. False if the
  /// branch or the record changed meanwhile.
  Result<bool> RemoveInPlace(const refs::Branch& branch) {
    const StagingToken& token = branch.staging_token;
    TARN_TRY_ASSIGN(const auto staged, context_.staging.Get(token, scope_.text));
    TARN_TRY_ASSIGN(const auto head, BranchView(context_, repository_, branch).InHead(scope_.text));
    const ValueView committed = head ? head->view() : ValueView{};
    Status written = context_.staging.SetIfUnchanged(token, scope_.text, committed, staged);
    if (written.code() == Code::kPredicateFailed) return false;
    TARN_TRY(std::move(written));
    TARN_TRY_ASSIGN(const refs::Branch now, context_.refs.GetBranch(repository_, branch_));
    if (!SameToken(branch, now)) return false;
    TARN_TRY_ASSIGN(const auto harmless, context_.staging.Get(token, scope_.text));
    if (!harmless || harmless->value().identity != committed.identity) return true;
    Status removed = context_.staging.RemoveIfUnchanged(token, scope_.text, *harmless);
    if (removed.code() == Code::kPredicateFailed) return true;  // Whoever wrote since meant it.
    TARN_TRY(std::move(removed));
    return true;
  }

  /// Exchanges the sealed tokens for one without the records. Those of the staging token go with
  /// them, so that all disappear at once.
  Status ResetSealed(bool in_token) {
    if (in_token) {
      TARN_TRY(context_.refs.UpdateBranch(repository_, branch_, [&](refs::Branch* b) {
        SealStaging(context_, repository_, b);
        return Result<bool>(true);
      }));
    }
    return CompactSealed(context_, repository_, branch_,
                         [&](std::string_view path) { return scope_.Has(path); });
  }

  Context& context_;
  const refs::Repository& repository_;
  const BranchId& branch_;
  const Scope scope_;
};

/// Takes away what the staging token says without making a difference to `head`. REQUIRES that the
/// sealed tokens make none either.
class NoChangeSweep {
 public:
  NoChangeSweep(Context& context, const refs::Repository& repository, const refs::Branch& branch)
      : context_(context), repository_(repository), branch_(branch) {}

  Status Run() {
    TARN_TRY_ASSIGN(const auto staged, context_.staging.Iterate({&branch_.staging_token, 1}));
    TARN_TRY(staged->Seek(""));
    if (!staged->Valid()) return Status();
    TARN_TRY_ASSIGN(const auto head, context_.refs.GetCommit(repository_, branch_.commit));
    for (; staged->Valid();) {
      TARN_TRY_ASSIGN(const auto committed, context_.committed.Get(repository_.storage_namespace,
                                                                   head->metarange, staged->key()));
      const ValueView value = staged->value();
      if (value.identity == (committed ? committed->view() : ValueView{}).identity) {
        TARN_TRY(Remove(staged->key(), value));
      }
      TARN_TRY(staged->Next());
    }
    return Status();
  }

 private:
  /// Whoever has written another record since then meant it.
  Status Remove(std::string_view path, ValueView value) {
    TARN_TRY_ASSIGN(const auto found, context_.staging.Get(branch_.staging_token, path));
    if (!found || found->value().identity != value.identity) return Status();
    Status removed = context_.staging.RemoveIfUnchanged(branch_.staging_token, path, *found);
    return removed.code() == Code::kPredicateFailed ? Status() : removed;
  }

  Context& context_;
  const refs::Repository& repository_;
  const refs::Branch& branch_;
};

Status CheckHardReset(Context& context, const refs::Repository& repository, const BranchId& branch,
                      bool force) {
  const Status protection = CheckUnprotected(context, repository, branch, BlockedAction::kCommit);
  if (protection.code() == Code::kProtectedBranch) {
    return Status(Code::kProtectedBranch, "protected branch");
  }
  TARN_TRY(protection);
  return CheckStagedWrite(context, repository, branch, force);
}

/// Drops the uncommitted changes of a branch that cancel each other out, as a delete does with what
/// an earlier reset has sealed: the sealed half alone would look like a change.
Status DropCancelled(Context& context, const refs::Repository& repository, const BranchId& id) {
  TARN_TRY_ASSIGN(const refs::Branch before, context.refs.GetBranch(repository, id));
  TARN_TRY_ASSIGN(const bool is_half_dirty,
                  HasChanges(context, repository, before.commit, before.sealed_tokens));
  if (!is_half_dirty) return Status();
  TARN_TRY_ASSIGN(const bool is_dirty,
                  HasChanges(context, repository, before.commit, before.tokens()));
  if (is_dirty) return Status();
  std::vector<StagingToken> dropped;
  TARN_TRY(context.refs.UpdateBranch(repository, id, [&](refs::Branch* branch) {
    SealStaging(context, repository, branch);
    dropped = branch->sealed_tokens;
    return Result<bool>(true);
  }));
  // Once sealed they stay as they are: who has written meanwhile writes to the next token.
  return context.refs.UpdateBranch(repository, id, [&](refs::Branch* branch) -> Result<bool> {
    if (branch->sealed_tokens != dropped) return false;
    TARN_TRY_ASSIGN(const bool dirty, HasChanges(context, repository, branch->commit, dropped));
    if (dirty) return false;
    TARN_TRY(context.staging.QueueDrop(dropped));
    branch->sealed_tokens.clear();
    return true;
  });
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
  return ScopeReset(context, repository, branch, {prefix}).Run();
}

Status ResetPath(Context& context, const refs::Repository& repository, const BranchId& branch,
                 std::string_view path, bool force) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  TARN_TRY(CheckStagedWrite(context, repository, branch, force));
  return ScopeReset(context, repository, branch, {path, /*whole=*/true}).Run();
}

Status HardResetBranch(Context& context, const refs::Repository& repository, const BranchId& branch,
                       std::string_view ref, bool force) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckRef("ref", ref));
  TARN_TRY(CheckHardReset(context, repository, branch, force));
  TARN_TRY(DropCancelled(context, repository, branch));
  const std::string prefix = "hard-reset " + branch.str() + " to ";
  return context.refs.UpdateBranch(repository, branch, [&](refs::Branch* b) -> Result<bool> {
    // The branch may forget a merge whose request is not marked yet.
    TARN_TRY(SettleMerges(context, repository));
    TARN_TRY_ASSIGN(const bool dirty, HasChanges(context, repository, b->commit, b->sealed_tokens));
    if (dirty) {
      return Status(Code::kDirtyBranch, branch.str() + ": uncommitted changes (dirty branch)");
    }
    TARN_TRY_ASSIGN(refs::Commit commit, DereferenceNamed(context, repository, prefix, ref));
    // What makes no difference to this head must not become a change from the next.
    TARN_TRY(NoChangeSweep(context, repository, *b).Run());
    TARN_TRY(context.staging.QueueDrop(b->sealed_tokens));
    b->sealed_tokens.clear();
    b->commit = std::move(commit.id);
    return true;
  });
}

}  // namespace tarn::versioning
