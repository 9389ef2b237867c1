#include "versioning/merge_base.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "refs/names.h"
#include "versioning/dereference.h"

namespace tarn::versioning {
namespace {

// Bases of bases of bases: further down the first one stands for all.
constexpr int kDepthMax = 32;

using CommitIds = std::vector<CommitId>;

/// Merges several bases into one tree, over the bases that they have themselves.
class BaseTrees {
 public:
  BaseTrees(Context& context, const refs::Repository& repository)
      : context_(context), repository_(repository) {}

  /// The tree of all `bases`; that of none is empty.
  Result<MetarangeId> Of(CommitIds bases, int depth) {
    if (bases.empty()) return MetarangeId();
    if (bases.size() == 1 || depth == kDepthMax) return TreeOf(bases.front());
    // The order must not depend on which side is the source.
    std::sort(bases.begin(), bases.end());
    if (const auto known = merged_.find(bases); known != merged_.end()) return known->second;
    TARN_TRY_ASSIGN(MetarangeId tree, TreeOf(bases.front()));
    for (size_t i = 1; i < bases.size(); ++i) {
      TARN_TRY_ASSIGN(CommitIds behind, context_.refs.FindMergeBases(
                                            repository_, std::span(bases).first(i), bases[i]));
      TARN_TRY_ASSIGN(const MetarangeId base, Of(std::move(behind), depth + 1));
      TARN_TRY_ASSIGN(const MetarangeId other, TreeOf(bases[i]));
      TARN_TRY_ASSIGN(tree, context_.committed.Merge(repository_.storage_namespace, base, other,
                                                     tree, committed::MergeStrategy::kUndecided));
    }
    merged_.emplace(std::move(bases), tree);
    return tree;
  }

 private:
  Result<MetarangeId> TreeOf(const CommitId& id) {
    TARN_TRY_ASSIGN(const auto commit, context_.refs.GetCommit(repository_, id));
    return commit->metarange;
  }

  Context& context_;
  const refs::Repository& repository_;
  std::map<CommitIds, MetarangeId> merged_;
};

Status NoMergeBase() { return {Code::kInternal, "no merge base"}; }

}  // namespace

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
  auto base = context.refs.FindMergeBase(repository, found.destination.id, found.source.id);
  if (!base.ok()) return std::move(base).status().Prefixed("find merge base: ");
  if (!*base) return NoMergeBase();
  found.base = **std::move(base);
  return found;
}

Result<MetarangeId> MergeBaseTree(Context& context, const refs::Repository& repository,
                                  std::vector<CommitId> bases) {
  if (bases.empty()) return NoMergeBase();
  return BaseTrees(context, repository).Of(std::move(bases), 0);
}

}  // namespace tarn::versioning
