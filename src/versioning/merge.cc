#include "versioning/merge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "refs/names.h"
#include "versioning/branch/branch_change.h"
#include "versioning/branch/branches.h"
#include "versioning/dereference.h"
#include "versioning/merge_base.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kStrategyKey = ".lakefs.merge.strategy";

struct Strategy {
  std::string_view request;   ///< As clients send it.
  std::string_view metadata;  ///< As the merge commit tells it.
  committed::MergeStrategy strategy;
};
constexpr std::array<Strategy, 3> kStrategies = {{
    {"", "default", committed::MergeStrategy::kNone},
    {"dest-wins", "dest-wins", committed::MergeStrategy::kDestinationWins},
    {"source-wins", "source-wins", committed::MergeStrategy::kSourceWins},
}};

Result<Strategy> ParseStrategy(std::string_view text) {
  for (const Strategy& strategy : kStrategies) {
    if (strategy.request == text) return strategy;
  }
  return Status(Code::kInvalidValue, "argument strategy: invalid value: validation error");
}

}  // namespace

Result<refs::Commit> Merge(Context& context, const refs::Repository& repository,
                           const MergeRequest& request) {
  TARN_TRY(refs::CheckBranchId("destination", request.destination));
  TARN_TRY(refs::CheckRef("source", request.source));
  if (request.committer.empty()) {
    return Status(Code::kInvalidValue, "argument committer: required value: validation error");
  }
  TARN_TRY_ASSIGN(const Strategy strategy, ParseStrategy(request.strategy));
  TARN_TRY(CheckWritable(repository, request.force));
  const std::string message = request.message.empty() ? "Merge '" + request.source + "' into '" +
                                                            request.destination.str() + "'"
                                                      : request.message;

  const bool may_be_empty = request.allow_empty || request.force;
  CommitId merged;  // The head of the source.
  const auto change = [&](const BranchState& state, refs::Commit* next) -> Result<TreeChange> {
    TARN_TRY_ASSIGN(refs::Commit source,
                    DereferenceNamed(context, repository, "get commit by ref ", request.source));
    auto bases = context.refs.FindMergeBases(repository, {&source.id, 1}, state.head.id);
    if (!bases.ok()) return std::move(bases).status().Prefixed("find merge base: ");
    TARN_TRY_ASSIGN(MetarangeId base, MergeBaseTree(context, repository, *std::move(bases)));
    next->committer = request.committer;
    next->message = message;
    next->metadata = request.metadata;
    next->metadata[std::string(kStrategyKey)] = strategy.metadata;
    TARN_TRY_ASSIGN(next->generation,
                    refs::NextGeneration(std::max(source.generation, state.head.generation)));
    if (!request.squash) next->parents.push_back(source.id);
    merged = std::move(source.id);
    return TreeChange{
        .from = std::move(base),
        .to = source.metarange,
        .hook_ref = merged.view(),
        .strategy = strategy.strategy,
        .if_empty = may_be_empty ? EmptyChange::kAllowed : EmptyChange::kRefuseEqualTrees};
  };
  return CommitChange(context, repository,
                      {.branch = request.destination,
                       .error_prefix = "update branch " + request.destination.str() + ": ",
                       .before = HookEvent::kPreMerge,
                       .after = HookEvent::kPostMerge,
                       .hook_point = HookPoint::kRecorded,
                       .merge_source = request.source,
                       .before_move = request.before_move},
                      change);
}

}  // namespace tarn::versioning
