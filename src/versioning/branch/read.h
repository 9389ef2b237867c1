// Reading a tree with or without uncommitted changes, listings, and differences. Level 6.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// An owned or pinned value of one path.
struct FoundValue {
  std::optional<sst::PinnedValue> committed;
  std::optional<staging::Staged> staged;
  ValueView view() const { return staged ? staged->value() : committed->view(); }
};

/// The value of `path` at a resolved ref; kNotFound "not found".
Result<FoundValue> ReadValue(Context& context, const refs::Repository& repository,
                             const refs::Resolved& ref, std::string_view path);
/// All values at a resolved ref, without tombstones; on keys both staged and committed the staged
/// wins. `repository` outlives the iterator, here and below.
Result<AnyIteratorPtr<ValueView>> IterateValues(Context& context,
                                                const refs::Repository& repository,
                                                const refs::Resolved& ref);

/// Direct difference of two refs (two-dot). `right` may carry staging.
Result<std::unique_ptr<committed::DiffIterator>> DiffRefs(Context& context,
                                                          const refs::Repository& repository,
                                                          std::string_view left,
                                                          std::string_view right);
/// What merging `right` into `left` would do (three-dot).
Result<std::unique_ptr<committed::DiffIterator>> DiffMerge(Context& context,
                                                           const refs::Repository& repository,
                                                           std::string_view left,
                                                           std::string_view right);
/// Uncommitted changes of a branch against its head; kRemoved carries no right value.
Result<std::unique_ptr<committed::DiffIterator>> DiffUncommitted(Context& context,
                                                                 const refs::Repository& repository,
                                                                 const BranchId& branch);

}  // namespace tarn::versioning
