#include "versioning/read.h"

#include <utility>
#include <vector>

#include "iter/filter_iterator.h"
#include "iter/merge_iterator.h"
#include "refs/names.h"
#include "versioning/dereference.h"
#include "versioning/staged_diff.h"

namespace tarn::versioning {
namespace {

/// Commits that may overtake one read before it gives up.
constexpr int kOvertakenMax = 100;

Status NotFound() { return Status(Code::kNotFound, "not found"); }

/// What a read looks at: a tree under staging tokens, as a branch record said.
///
/// A commit that completes after the record was read moves staged data into a new tree and removes
/// the tokens; then neither the tokens nor the old tree have it. So after its look-ups a reader
/// asks Refresh whether the record still names the same tokens, and starts over if not.
class View {
 public:
  View(Context& context, const refs::Repository& repository, const refs::Resolved& ref)
      : context_(context), repository_(repository), metarange_(ref.commit.metarange) {
    if (ref.with_staging) branch_ = *ref.branch;
  }
  View(Context& context, const refs::Repository& repository, refs::Branch branch,
       MetarangeId metarange)
      : context_(context),
        repository_(repository),
        metarange_(std::move(metarange)),
        branch_(std::move(branch)) {}

  const MetarangeId& metarange() const { return metarange_; }
  bool has_staging() const { return branch_.has_value(); }
  /// Staging token, then sealed ones. Valid until Refresh.
  std::span<const StagingToken> tokens() {
    if (!branch_) return {};
    if (branch_->sealed_tokens.empty()) return {&branch_->staging_token, 1};
    if (tokens_.empty()) tokens_ = branch_->tokens();
    return tokens_;
  }

  /// True if the tokens were replaced since the record was read; the view is then the new one.
  Result<bool> Refresh() {
    TARN_TRY_ASSIGN(refs::Branch now, context_.refs.GetBranch(repository_, branch_->id));
    if (now.staging_token == branch_->staging_token &&
        now.sealed_tokens == branch_->sealed_tokens) {
      return false;
    }
    if (++overtaken_ > kOvertakenMax) {
      return Status(Code::kTooManyTries, "too many commits during a read");
    }
    TARN_TRY_ASSIGN(const auto head, context_.refs.GetCommit(repository_, now.commit));
    metarange_ = head->metarange;
    branch_ = std::move(now);
    tokens_.clear();
    return true;
  }

 private:
  Context& context_;
  const refs::Repository& repository_;
  MetarangeId metarange_;
  std::optional<refs::Branch> branch_;
  std::vector<StagingToken> tokens_;
  int overtaken_ = 0;
};

}  // namespace

Result<FoundValue> ReadValue(Context& context, const refs::Repository& repository,
                             const refs::Resolved& ref, std::string_view path) {
  View view(context, repository, ref);
  while (true) {
    FoundValue found;
    if (view.has_staging()) {
      TARN_TRY_ASSIGN(found.staged, context.staging.GetFirst(view.tokens(), path));
    }
    if (!found.staged) {
      TARN_TRY_ASSIGN(found.committed,
                      context.committed.Get(repository.storage_namespace, view.metarange(), path));
    }
    // What the only token says needs no second look: nothing goes before it.
    if (view.has_staging() && !(found.staged && view.tokens().size() == 1)) {
      TARN_TRY_ASSIGN(const bool replaced, view.Refresh());
      if (replaced) continue;
    }
    if (found.staged ? found.staged->value().is_tombstone() : !found.committed) return NotFound();
    return found;
  }
}

Result<AnyIteratorPtr<ValueView>> IterateValues(Context& context,
                                                const refs::Repository& repository,
                                                const refs::Resolved& ref) {
  View view(context, repository, ref);
  AnyIteratorPtr<ValueView> staged;
  while (view.has_staging()) {
    // The scans behind the iterator are snapshots of the moment it is made.
    TARN_TRY_ASSIGN(staged, context.staging.Iterate(view.tokens()));
    TARN_TRY_ASSIGN(const bool replaced, view.Refresh());
    if (!replaced) break;
  }
  TARN_TRY_ASSIGN(AnyIteratorPtr<ValueView> committed,
                  context.committed.Iterate(repository.storage_namespace, view.metarange()));
  if (!staged) return committed;
  std::vector<AnyIteratorPtr<ValueView>> sources;
  sources.push_back(std::move(staged));
  sources.push_back(std::move(committed));
  return Filter<ValueView>(
      std::make_unique<MergeIterator<ValueView>>(std::move(sources)),
      [](std::string_view, const ValueView& value) { return !value.is_tombstone(); });
}

Result<std::unique_ptr<committed::DiffIterator>> DiffRefs(Context& context,
                                                          const refs::Repository& repository,
                                                          std::string_view left,
                                                          std::string_view right) {
  TARN_TRY(refs::CheckRef("left", left));
  TARN_TRY(refs::CheckRef("right", right));
  TARN_TRY_ASSIGN(const refs::Commit from, Dereference(context, repository, left));
  TARN_TRY_ASSIGN(const refs::Resolved to, context.refs.Resolve(repository, right));
  const auto diff_from_left = [&](const MetarangeId& right_tree) {
    return context.committed.Diff(repository.storage_namespace, from.metarange, right_tree);
  };
  if (!to.staging_marked) return diff_from_left(to.commit.metarange);

  View view(context, repository, to);
  while (true) {
    TARN_TRY_ASSIGN(auto committed, diff_from_left(view.metarange()));
    TARN_TRY_ASSIGN(auto diff, DiffStaged(context, repository, from.metarange, view.tokens(),
                                          std::move(committed)));
    TARN_TRY_ASSIGN(const bool replaced, view.Refresh());
    if (!replaced) return diff;
  }
}

Result<std::unique_ptr<committed::DiffIterator>> DiffMerge(Context& context,
                                                           const refs::Repository& repository,
                                                           std::string_view left,
                                                           std::string_view right) {
  TARN_TRY(refs::CheckRef("left", left));
  TARN_TRY(refs::CheckRef("right", right));
  TARN_TRY_ASSIGN(const refs::Commit source,
                  DereferenceNamed(context, repository, "get commit by ref ", right));
  TARN_TRY_ASSIGN(const refs::Commit destination,
                  DereferenceNamed(context, repository, "get commit by branch ", left));
  TARN_TRY_ASSIGN(const auto base,
                  context.refs.FindMergeBase(repository, source.id, destination.id));
  if (!base) return Status(Code::kInternal, "no merge base");
  return context.committed.MergeDiff(repository.storage_namespace, base->metarange,
                                     source.metarange, destination.metarange);
}

Result<std::unique_ptr<committed::DiffIterator>> DiffUncommitted(Context& context,
                                                                 const refs::Repository& repository,
                                                                 const BranchId& branch) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY_ASSIGN(refs::Branch found, context.refs.GetBranch(repository, branch));
  TARN_TRY_ASSIGN(const auto head, context.refs.GetCommit(repository, found.commit));
  View view(context, repository, std::move(found), head->metarange);
  while (true) {
    TARN_TRY_ASSIGN(auto diff,
                    DiffStaged(context, repository, view.metarange(), view.tokens(), nullptr));
    TARN_TRY_ASSIGN(const bool replaced, view.Refresh());
    if (!replaced) return diff;
  }
}

}  // namespace tarn::versioning
