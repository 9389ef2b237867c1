// The one way a branch moves to a new commit: seal what is staged, build from the head, write the
// commit record, compare-and-set the branch. Used by commit, merge and import.
//
// A lost race redoes only what it must: as long as the head is the one that was built on, the build
// is kept, and tokens that were sealed meanwhile stay on top, uncommitted. Level 6.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "versioning/context.h"

namespace tarn::versioning {

/// What a build extends.
struct BranchState {
  const refs::Commit& head;              ///< Without an id when the branch has no commit yet.
  std::span<const StagingToken> sealed;  ///< Newest first. They are consumed by the new commit.
};

/// Fills in the commit that shall follow `state.head`: committer, message, metadata, metarange, and
/// whatever else differs from what `next` arrives with (parents {head}, generation head + 1,
/// created now). Called again only when the head has moved or its tokens were consumed meanwhile.
using BuildFn = std::function<Status(const BranchState& state, refs::Commit* next)>;

enum class StagedChanges : uint8_t {
  kTake,    ///< The build takes the sealed tokens in.
  kRefuse,  ///< kDirtyBranch unless the branch has no uncommitted changes.
};

/// What the hook before the move is shown.
enum class HookPoint : uint8_t {
  kDescribed,  ///< What `describe` made of the commit; nothing is built for hooks that refuse.
  kBuilt,      ///< The commit with its tree.
  kRecorded,   ///< The stored commit, which has its id.
};

struct BranchCommitOptions {
  StagedChanges staged = StagedChanges::kRefuse;
  std::string dirty_message = "uncommitted changes (dirty branch)";
  std::string error_prefix;  ///< Of errors after the preparation: "update branch main: ".
  /// If set, called before the build, for what needs no work.
  BuildFn describe;
  /// What the hook before the move is to do; nothing if there is none to ask after all.
  using HookWork = std::function<Status()>;
  /// If set, called once, after the branch was sealed; its work is done while the branch is not
  /// held, and may refuse. If the head moves meanwhile, the commit is built again and the hook is
  /// not asked again.
  std::function<Result<HookWork>(const refs::Commit&)> ask_hook;
  HookPoint hook_point = HookPoint::kBuilt;
  /// If set, called with the written commit before the branch moves; may refuse.
  std::function<Status(const refs::Commit&)> before_update;
};

/// Prepares, builds, commits. kBranchNotFound, kDirtyBranch, kTooManyTries, errors of the build.
/// Consumed tokens are queued for removal. Waits; never on an io thread.
Result<refs::Commit> CommitToBranch(Context& context, const refs::Repository& repository,
                                    const BranchId& branch, const BuildFn& build,
                                    const BranchCommitOptions& options);

/// Removes the uncommitted changes that were queued and that no branch names any more. For a
/// background thread.
Status DropUnusedTokens(Context& context);

/// True if `tokens` hold a change that makes a difference to the tree of `head`.
Result<bool> HasChanges(Context& context, const refs::Repository& repository, const CommitId& head,
                        std::span<const StagingToken> tokens);

}  // namespace tarn::versioning
