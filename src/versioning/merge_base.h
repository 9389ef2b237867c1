// What a merge compares its sides with: their common ancestors. Level 6.
#pragma once

#include <string_view>
#include <vector>

#include "versioning/context.h"

namespace tarn::versioning {

/// Each commit under its own name. (The API of the reference answers source and destination
/// swapped; that is done where the answer is written.)
struct MergeBase {
  refs::Commit source, destination, base;
};
/// Best common ancestor of two ref expressions. kNotFound "get commit by branch <source>: ...";
/// kInternal "no merge base".
Result<MergeBase> FindMergeBase(Context& context, const refs::Repository& repository,
                                std::string_view source, std::string_view destination);

/// The tree of all `bases`, the merge bases of two commits (refs::Store::FindMergeBases): what a
/// merge starts from. If there are several, all of them merged, as far as they agree; a path on
/// which they do not has a value there that nothing else has. Such a tree is written, and named by
/// nobody. kWouldBlock; kInternal "no merge base".
Result<MetarangeId> MergeBaseTree(Context& context, const refs::Repository& repository,
                                  std::vector<CommitId> bases);

}  // namespace tarn::versioning
