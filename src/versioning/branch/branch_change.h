// The three-way part of merge, revert and cherry-pick: a change that was made elsewhere, put onto
// the head of a clean branch as one commit.
//
// Stands on CommitToBranch: a lost race repeats the merge only if the head has moved. Level 6.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "versioning/branch/branch_commit.h"
#include "versioning/context.h"

namespace tarn::versioning {

/// When a change that leads nowhere is refused (kNoChanges "no changes").
enum class EmptyChange : uint8_t {
  kAllowed,
  kRefuseEqualTrees,  ///< If nothing differs between the two trees of the change.
  kRefuseNoEffect,    ///< Also if the branch is the same with it as without.
};

/// What differs between two trees.
struct TreeChange {
  MetarangeId from, to;
  std::string_view hook_ref;  ///< Where the hook before finds its action files; outlives ChangeFn.
  committed::MergeStrategy strategy = committed::MergeStrategy::kNone;
  EmptyChange if_empty = EmptyChange::kRefuseEqualTrees;
};

/// Says what to put onto `state.head`, and fills in what is particular about the commit; its
/// metarange comes later. May be called again for another head.
using ChangeFn = std::function<Result<TreeChange>(const BranchState& state, refs::Commit* next)>;

struct BranchChange {
  BranchId branch;
  std::string error_prefix;  ///< Of errors after the preparation.
  HookEvent before, after;
  HookPoint hook_point = HookPoint::kBuilt;
  std::string_view merge_source;  ///< For hooks.
  /// If set, called with the written commit right before the branch moves; an error ends it.
  std::function<Status(const refs::Commit&)> before_move = {};
};

/// Commits what `change` says. kConflict "conflict found"; kNoChanges; errors of CommitToBranch.
Result<refs::Commit> CommitChange(Context& context, const refs::Repository& repository,
                                  const BranchChange& request, const ChangeFn& change);

/// What a client may say about a commit that is made for it.
struct CommitOverrides {
  std::string message;  ///< Empty: the default.
  std::optional<Metadata> metadata;
};

/// The metarange of the parent of `commit` at a 1-based position. REQUIRES that it has one.
Result<MetarangeId> TreeOfParent(Context& context, const refs::Repository& repository,
                                 const refs::Commit& commit, size_t position);

}  // namespace tarn::versioning
