// What a commit record that comes ready-made must be, so that nothing stumbles over it later: its
// tree and its parents exist, and its generation fits theirs. Level 6; thread-safe, waits.
#pragma once

#include <functional>

#include "versioning/context.h"

namespace tarn::versioning {

/// kNotFound "metarange not found" unless the tree is in the object store.
Status CheckTreeExists(Context& context, const refs::Repository& repository,
                       const MetarangeId& tree);

/// Finds a parent; kCommitNotFound if there is none.
using FindParentFn = std::function<Result<refs::Commit>(const CommitId& id)>;

/// The greatest generation of the parents. kInvalidValue if tree or a parent are unknown, or the
/// generation is not in 1 .. refs::kRecordGenerationMax.
Result<int32_t> CheckCommitRecord(Context& context, const refs::Repository& repository,
                                  const refs::Commit& commit, const FindParentFn& find_parent);
/// kInvalidValue, naming the generation.
Status InvalidGeneration(const refs::Commit& commit);

}  // namespace tarn::versioning
