#include "versioning/merge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "refs/names.h"
#include "versioning/branch/branch_change.h"
#include "versioning/branch/branches.h"
#include "versioning/dereference.h"

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

Result<refs::Commit> CommonAncestor(Context& context, const refs::Repository& repository,
                                    const refs::Commit& from, const refs::Commit& to) {
  auto base = context.refs.FindMergeBase(repository, from.id, to.id);
  if (!base.ok()) return std::move(base).status().Prefixed("find merge base: ");
  if (!*base) return Status(Code::kInternal, "no merge base");
  return **std::move(base);
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
    TARN_TRY_ASSIGN(const refs::Commit base,
                    CommonAncestor(context, repository, source, state.head));
    next->committer = request.committer;
    next->message = message;
    next->metadata = request.metadata;
    next->metadata[std::string(kStrategyKey)] = strategy.metadata;
    TARN_TRY_ASSIGN(next->generation,
                    refs::NextGeneration(std::max(source.generation, state.head.generation)));
    if (!request.squash) next->parents.push_back(source.id);
    merged = std::move(source.id);
    return TreeChange{
        .from = base.metarange,
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

Result<MergeBase> FindMergeBase(Context& context, const refs::Repository& repository,
                                std::string_view source, std::string_view destination) {
  TARN_TRY(refs::CheckRef("destination", destination));
  TARN_TRY(refs::CheckRef("source", source));
  MergeBase found;
  // The prefixes are crossed, as in the reference, whose clients see them.
  TARN_TRY_ASSIGN(found.destination,
                  DereferenceNamed(context, repository, "get commit by ref ", destination));
  TARN_TRY_ASSIGN(found.source,
                  DereferenceNamed(context, repository, "get commit by branch ", source));
  TARN_TRY_ASSIGN(found.base, CommonAncestor(context, repository, found.destination, found.source));
  return found;
}

}  // namespace tarn::versioning
