#include "versioning/branch/branch_commit.h"

#include <optional>
#include <vector>

#include "versioning/branch/branch_ownership.h"
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
    SealStaging(context_, repository_, branch);
    sealed_ = branch->sealed_tokens.size();
    return true;
  }
  /// Commits that failed have left more tokens than every read should have to look at.
  bool SealedTooMany() const { return sealed_ > kSealedTokensMax; }

  /// The commit as the hook shall see it.
  Result<refs::Commit> Preview(const refs::Branch& branch) {
    if (options_.hook_point == HookPoint::kDescribed) return Describe(branch);
    TARN_TRY(Build(branch));
    if (options_.hook_point == HookPoint::kRecorded) TARN_TRY(Record());
    return *built_;
  }

  /// Moves the branch to the built commit, building it if there is none for this state.
  Result<bool> Advance(refs::Branch* branch) {
    if (!built_ || branch->commit != built_on_ || !EndsWith(branch->sealed_tokens, consumed_)) {
      TARN_TRY(Build(*branch));
    }
    if (!announced_) {
      TARN_TRY(Record());
      if (options_.before_update) TARN_TRY(options_.before_update(*built_));
      announced_ = true;
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
  /// The commit that would follow the head, without a tree.
  Result<refs::Commit> Describe(const refs::Branch& branch) {
    built_.reset();
    announced_ = false;
    built_on_ = branch.commit;
    consumed_ = branch.sealed_tokens;
    if (options_.staged == StagedChanges::kRefuse) {
      TARN_TRY_ASSIGN(const bool dirty,
                      HasChanges(context_, repository_, branch.commit, consumed_));
      if (dirty) {
        return Status(Code::kDirtyBranch, branch.id.str() + ": " + options_.dirty_message);
      }
    }
    TARN_TRY_ASSIGN(head_, HeadOf(context_, repository_, branch.commit));
    refs::Commit next;
    next.created = context_.clock.Now();
    TARN_TRY_ASSIGN(next.generation, refs::NextGeneration(head_.generation));
    if (!head_.id.empty()) next.parents.push_back(head_.id);
    if (options_.describe) TARN_TRY(options_.describe({head_, consumed_}, &next));
    return next;
  }

  Status Build(const refs::Branch& branch) {
    TARN_TRY_ASSIGN(refs::Commit next, Describe(branch));
    TARN_TRY(build_({head_, consumed_}, &next));
    built_ = std::move(next);
    return Status();
  }

  /// Stores the built commit, unless that is done.
  Status Record() {
    if (!built_->id.empty()) return Status();
    TARN_TRY_ASSIGN(built_, context_.refs.AddCommit(repository_, *std::move(built_)));
    return Status();
  }

  Context& context_;
  const refs::Repository& repository_;
  const BuildFn& build_;
  const BranchCommitOptions& options_;
  std::optional<refs::Commit> built_;  // Without an id until it is stored.
  bool announced_ = false;             // `built_` is stored and was shown to before_update.
  refs::Commit head_;                  // That `built_` follows.
  CommitId built_on_;
  std::vector<StagingToken> consumed_;
  std::vector<StagingToken> queued_;  // For removal, of `consumed_`.
  size_t sealed_ = 0;                 // Sealed tokens of the branch, if the seal added one.
};

}  // namespace

Result<refs::Commit> CommitToBranch(Context& context, const refs::Repository& repository,
                                    const BranchId& branch, const BuildFn& build,
                                    const BranchCommitOptions& options) {
  const std::string key = repository.partition() + "/" + branch.str();
  // Within this server first, so that no more than one of its commits waits for the others.
  std::optional<BranchLocks::Hold> hold(std::in_place, context.state->branch_locks, key);
  std::optional<OwnedBranch> owned(std::in_place, context, repository, branch);
  BranchCommitter committer(context, repository, build, options);
  TARN_TRY(context.refs.UpdateBranch(repository, branch,
                                     [&](refs::Branch* b) { return committer.Seal(b); }));
  if (committer.SealedTooMany()) {
    TARN_TRY(CompactSealed(context, repository, branch, [](std::string_view) { return false; }));
  }
  const auto ask_hook = [&]() -> Status {
    TARN_TRY_ASSIGN(const refs::Branch now, context.refs.GetBranch(repository, branch));
    TARN_TRY_ASSIGN(const refs::Commit shown, committer.Preview(now));
    TARN_TRY_ASSIGN(const BranchCommitOptions::HookWork work, options.ask_hook(shown));
    if (!work) return Status();
    owned.reset();
    hold.reset();
    TARN_TRY(work());
    hold.emplace(context.state->branch_locks, key);
    owned.emplace(context, repository, branch);
    return Status();
  };
  Status moved = options.ask_hook ? ask_hook() : Status();
  if (moved.ok()) {
    moved = context.refs.UpdateBranch(repository, branch,
                                      [&](refs::Branch* b) { return committer.Advance(b); });
  }
  if (!moved.ok()) return std::move(moved).Prefixed(options.error_prefix);
  return committer.built();
}

Status DropUnusedTokens(Context& context) {
  const auto fence = [&](const StagingToken& token) -> Status {
    TARN_TRY_ASSIGN(const auto owners, context.refs.FindTokenOwners(token));
    for (const auto& [repository, branch] : owners) {
      const auto change = [&, &repository = repository](refs::Branch* b) -> Result<bool> {
        SealStaging(context, repository, b);
        return true;
      };
      Status fenced = context.refs.UpdateBranch(repository, branch, change);
      if (fenced.code() != Code::kBranchNotFound) TARN_TRY(std::move(fenced));
    }
    return Status();
  };
  return context.staging.DropQueued(
      {.names = [&](const StagingToken& token) { return context.refs.IsTokenNamed(token); },
       .fence = fence});
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
