#include "versioning/merge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "refs/names.h"
#include "versioning/branch_commit.h"
#include "versioning/branches.h"
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

Result<refs::Commit> DereferenceNamed(Context& context, const refs::Repository& repository,
                                      std::string_view kind, std::string_view expression) {
  auto commit = Dereference(context, repository, expression);
  if (commit.ok()) return commit;
  return std::move(commit).status().Prefixed("get commit by " + std::string(kind) + " " +
                                             std::string(expression) + ": ");
}

Result<refs::Commit> CommonAncestor(Context& context, const refs::Repository& repository,
                                    const refs::Commit& from, const refs::Commit& to) {
  auto base = context.refs.FindMergeBase(repository, from.id, to.id);
  if (!base.ok()) return std::move(base).status().Prefixed("find merge base: ");
  if (!*base) return Status(Code::kInternal, "no merge base");
  return **std::move(base);
}

class MergeBuilder {
 public:
  MergeBuilder(Context& context, const refs::Repository& repository, const MergeRequest& request,
               const Strategy& strategy, const std::string& message)
      : context_(context),
        repository_(repository),
        request_(request),
        strategy_(strategy),
        message_(message) {}

  Status Build(const BranchState& state, refs::Commit* next) {
    TARN_TRY_ASSIGN(const refs::Commit source,
                    DereferenceNamed(context_, repository_, "ref", request_.source));
    TARN_TRY_ASSIGN(const refs::Commit base,
                    CommonAncestor(context_, repository_, source, state.head));
    next->committer = request_.committer;
    next->message = message_;
    next->metadata = request_.metadata;
    next->metadata[std::string(kStrategyKey)] = strategy_.metadata;
    next->generation = std::max(source.generation, state.head.generation) + 1;
    if (!request_.squash) next->parents.push_back(source.id);
    TARN_TRY_ASSIGN(next->metarange,
                    MergeTrees(base.metarange, source.metarange, state.head.metarange));
    return Status();
  }

 private:
  Result<MetarangeId> MergeTrees(const MetarangeId& base, const MetarangeId& source,
                                 const MetarangeId& destination) {
    if (source == base && !request_.allow_empty && !request_.force) {
      return Status(Code::kNoChanges, "no changes");
    }
    if (destination == base) return source;
    return context_.committed.Merge(repository_.storage_namespace, base, source, destination,
                                    strategy_.strategy);
  }

  Context& context_;
  const refs::Repository& repository_;
  const MergeRequest& request_;
  const Strategy strategy_;
  const std::string& message_;
};

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

  HookCall hook{.event = HookEvent::kPreMerge,
                .repository = repository,
                .source_ref = request.source,
                .branch = request.destination};
  BranchCommitOptions options;
  options.error_prefix = "update branch " + request.destination.str() + ": ";
  options.before_update = [&](const refs::Commit& commit) {
    hook.commit = &commit;
    return RunPreHook(context, hook);
  };
  MergeBuilder builder(context, repository, request, strategy, message);
  TARN_TRY_ASSIGN(refs::Commit commit, CommitToBranch(
                                           context, repository, request.destination,
                                           [&](const BranchState& state, refs::Commit* next) {
                                             return builder.Build(state, next);
                                           },
                                           options));
  hook.event = HookEvent::kPostMerge;
  hook.commit = &commit;
  RunPostHook(context, hook);
  return commit;
}

Result<MergeBase> FindMergeBase(Context& context, const refs::Repository& repository,
                                std::string_view source, std::string_view destination) {
  TARN_TRY(refs::CheckRef("destination", destination));
  TARN_TRY(refs::CheckRef("source", source));
  MergeBase found;
  // The prefixes are crossed, as in the reference, whose clients see them.
  TARN_TRY_ASSIGN(found.destination, DereferenceNamed(context, repository, "ref", destination));
  TARN_TRY_ASSIGN(found.source, DereferenceNamed(context, repository, "branch", source));
  TARN_TRY_ASSIGN(found.base, CommonAncestor(context, repository, found.destination, found.source));
  return found;
}

}  // namespace tarn::versioning
