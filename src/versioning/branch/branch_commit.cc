#include "versioning/branch/branch_commit.h"

#include <optional>
#include <vector>

#include "versioning/branch/sealed_tokens.h"
#include "versioning/branch/staged_diff.h"

namespace tarn::versioning {
namespace {

/// The commit at the head of a branch; one without id, of generation 0, for a branch without any.
Result<refs::Commit> HeadOf(Context& context, const refs::Repository& repository,
                            const CommitId& id) {
  if (id.empty()) {
    refs::Commit none;
    none.generation = 0;
    return none;
  }
  TARN_TRY_ASSIGN(const auto commit, context.refs.GetCommit(repository, id));
  return *commit;
}

class BranchCommitter {
 public:
  BranchCommitter(Context& context, const refs::Repository& repository, const BuildFn& build,
                  const BranchCommitOptions& options)
      : context_(context), repository_(repository), build_(build), options_(options) {}

  /// Refuses a dirty branch, if asked to, and seals the staging token. An empty token stays as it
  /// is, so that failing commits do not pile up sealed tokens.
  Result<bool> Seal(refs::Branch* branch) {
    if (options_.staged == StagedChanges::kRefuse) {
      TARN_TRY_ASSIGN(const bool dirty,
                      HasChanges(context_, repository_, branch->commit, branch->tokens()));
      if (dirty) return Status(Code::kDirtyBranch, options_.dirty_message);
    }
    const std::span<const StagingToken> token(&branch->staging_token, 1);
    TARN_TRY_ASSIGN(const bool empty, context_.staging.Empty(token));
    if (empty) return false;
    SealStaging(repository_, branch);
    sealed_ = branch->sealed_tokens.size();
    return true;
  }
  /// Commits that failed have left more tokens than every read should have to look at.
  bool SealedTooMany() const { return sealed_ > kSealedTokensMax; }

  /// Moves the branch to the built commit, building it if there is none for this state.
  Result<bool> Advance(refs::Branch* branch) {
    if (!built_ || branch->commit != built_on_ || !EndsWith(branch->sealed_tokens, consumed_)) {
      TARN_TRY(Build(*branch));
    }
    // Before the branch moves: after a crash in between it still names them, and they stay.
    if (queued_ != consumed_) TARN_TRY(context_.staging.QueueDrop(consumed_));
    queued_ = consumed_;
    branch->commit = built_->id;
    branch->sealed_tokens.resize(branch->sealed_tokens.size() - consumed_.size());
    return true;
  }

  const refs::Commit& built() const { return *built_; }

 private:
  Status Build(const refs::Branch& branch) {
    built_.reset();
    built_on_ = branch.commit;
    consumed_ = branch.sealed_tokens;
    if (options_.staged == StagedChanges::kRefuse) {
      TARN_TRY_ASSIGN(const bool dirty,
                      HasChanges(context_, repository_, branch.commit, consumed_));
      if (dirty) {
        return Status(Code::kDirtyBranch, branch.id.str() + ": " + options_.dirty_message);
      }
    }
    TARN_TRY_ASSIGN(const refs::Commit head, HeadOf(context_, repository_, branch.commit));
    refs::Commit next;
    next.created = context_.clock.Now();
    TARN_TRY_ASSIGN(next.generation, refs::NextGeneration(head.generation));
    if (!head.id.empty()) next.parents.push_back(head.id);
    TARN_TRY(build_({head, consumed_}, &next));
    TARN_TRY_ASSIGN(refs::Commit added, context_.refs.AddCommit(repository_, std::move(next)));
    if (options_.before_update) TARN_TRY(options_.before_update(added));
    built_ = std::move(added);
    return Status();
  }

  Context& context_;
  const refs::Repository& repository_;
  const BuildFn& build_;
  const BranchCommitOptions& options_;
  std::optional<refs::Commit> built_;
  CommitId built_on_;
  std::vector<StagingToken> consumed_;
  std::vector<StagingToken> queued_;  // For removal, of `consumed_`.
  size_t sealed_ = 0;                 // Sealed tokens of the branch, if the seal added one.
};

}  // namespace

Result<refs::Commit> CommitToBranch(Context& context, const refs::Repository& repository,
                                    const BranchId& branch, const BuildFn& build,
                                    const BranchCommitOptions& options) {
  const BranchLocks::Hold hold(context.state->branch_locks,
                               repository.partition() + "/" + branch.str());
  BranchCommitter committer(context, repository, build, options);
  TARN_TRY(context.refs.UpdateBranch(repository, branch,
                                     [&](refs::Branch* b) { return committer.Seal(b); }));
  if (committer.SealedTooMany()) {
    TARN_TRY(CompactSealed(context, repository, branch, [](std::string_view) { return false; }));
  }
  Status moved = context.refs.UpdateBranch(repository, branch,
                                           [&](refs::Branch* b) { return committer.Advance(b); });
  if (!moved.ok()) return std::move(moved).Prefixed(options.error_prefix);
  return committer.built();
}

Status DropUnusedTokens(Context& context) {
  return context.staging.DropQueued(
      [&](const StagingToken& token) { return context.refs.IsTokenNamed(token); });
}

Result<bool> HasChanges(Context& context, const refs::Repository& repository, const CommitId& head,
                        std::span<const StagingToken> tokens) {
  if (tokens.empty()) return false;
  TARN_TRY_ASSIGN(const refs::Commit commit, HeadOf(context, repository, head));
  TARN_TRY_ASSIGN(const auto diff,
                  DiffStaged(context, repository, commit.metarange, tokens, nullptr));
  TARN_TRY(diff->Seek(""));
  return diff->Valid();
}

}  // namespace tarn::versioning
