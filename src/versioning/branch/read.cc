#include "versioning/branch/read.h"

#include <utility>
#include <vector>

#include "iter/filter_iterator.h"
#include "iter/merge_iterator.h"
#include "refs/names.h"
#include "versioning/branch/paged_read.h"
#include "versioning/branch/read_view.h"
#include "versioning/branch/staged_diff.h"
#include "versioning/dereference.h"
#include "versioning/merge_base.h"

namespace tarn::versioning {
namespace {

Status NotFound() { return Status(Code::kNotFound, "not found"); }

/// An iterator over what the branch holds, however long it is read. A snapshot stays what it is
/// once the branch is found unchanged after it was made; pages are checked one by one.
template <class V, class Owned>
Result<AnyIteratorPtr<V>> Undisturbed(Context& context, ReadView view,
                                      typename PagedRead<V, Owned>::OpenFn open) {
  if (context.kv.traits().scans == kv::ScanKind::kPaged) {
    return AnyIteratorPtr<V>(
        std::make_unique<PagedRead<V, Owned>>(std::move(view), std::move(open)));
  }
  while (true) {
    TARN_TRY_ASSIGN(AnyIteratorPtr<V> made, open(view));
    TARN_TRY_ASSIGN(const bool replaced, view.Refresh());
    if (!replaced) return made;
  }
}

}  // namespace

Result<FoundValue> ReadValue(Context& context, const refs::Repository& repository,
                             const refs::Resolved& ref, std::string_view path) {
  ReadView view(context, repository, ref);
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
  ReadView view(context, repository, ref);
  if (!view.has_staging()) {
    TARN_TRY_ASSIGN(AnyIteratorPtr<ValueView> committed,
                    context.committed.Iterate(repository.storage_namespace, view.metarange()));
    return committed;
  }
  return Undisturbed<ValueView, OwnedValue>(
      context, std::move(view),
      [&context, &repository](ReadView& now) -> Result<AnyIteratorPtr<ValueView>> {
        std::vector<AnyIteratorPtr<ValueView>> sources(2);
        TARN_TRY_ASSIGN(sources[0], context.staging.Iterate(now.tokens()));
        TARN_TRY_ASSIGN(sources[1],
                        context.committed.Iterate(repository.storage_namespace, now.metarange()));
        return Filter<ValueView>(
            std::make_unique<MergeIterator<ValueView>>(std::move(sources)),
            [](std::string_view, const ValueView& value) { return !value.is_tombstone(); });
      });
}

Result<std::unique_ptr<committed::DiffIterator>> DiffRefs(Context& context,
                                                          const refs::Repository& repository,
                                                          std::string_view left,
                                                          std::string_view right) {
  TARN_TRY(refs::CheckRef("left", left));
  TARN_TRY(refs::CheckRef("right", right));
  TARN_TRY_ASSIGN(const refs::Commit from, Dereference(context, repository, left));
  TARN_TRY_ASSIGN(const refs::Resolved to, context.refs.Resolve(repository, right));
  if (!to.staging_marked) {
    return context.committed.Diff(repository.storage_namespace, from.metarange,
                                  to.commit.metarange);
  }
  return Undisturbed<committed::DiffValue, OwnedDiff>(
      context, ReadView(context, repository, to),
      [&context, &repository, left_tree = from.metarange](
          ReadView& now) -> Result<std::unique_ptr<committed::DiffIterator>> {
        TARN_TRY_ASSIGN(auto committed, context.committed.Diff(repository.storage_namespace,
                                                               left_tree, now.metarange()));
        return DiffStaged(context, repository, left_tree, now.tokens(), std::move(committed));
      });
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
  TARN_TRY_ASSIGN(auto bases,
                  context.refs.FindMergeBases(repository, {&source.id, 1}, destination.id));
  TARN_TRY_ASSIGN(const MetarangeId base, MergeBaseTree(context, repository, std::move(bases)));
  return context.committed.MergeDiff(repository.storage_namespace, base, source.metarange,
                                     destination.metarange);
}

Result<std::unique_ptr<committed::DiffIterator>> DiffUncommitted(Context& context,
                                                                 const refs::Repository& repository,
                                                                 const BranchId& branch) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY_ASSIGN(refs::Branch found, context.refs.GetBranch(repository, branch));
  TARN_TRY_ASSIGN(const auto head, context.refs.GetCommit(repository, found.commit));
  return Undisturbed<committed::DiffValue, OwnedDiff>(
      context, ReadView(context, repository, std::move(found), head->metarange),
      [&context, &repository](ReadView& now) {
        return DiffStaged(context, repository, now.metarange(), now.tokens(), nullptr);
      });
}

}  // namespace tarn::versioning
