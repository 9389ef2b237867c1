// Difference of a committed tree and a view with uncommitted changes. Internal to versioning.
// Level 6; an iterator belongs to one thread at a time.
#pragma once

#include <memory>
#include <span>

#include "versioning/context.h"

namespace tarn::versioning {

/// What changes from the tree `left` to a tree under `tokens` (newest first). That tree is `left`
/// itself, or, if given, the one to which `committed` is the difference from `left`. Staged records
/// are compared with `left` directly and stand in for the committed difference of their key.
Result<std::unique_ptr<committed::DiffIterator>> DiffStaged(
    Context& context, const refs::Repository& repository, const MetarangeId& left,
    std::span<const StagingToken> tokens, std::unique_ptr<committed::DiffIterator> committed);

}  // namespace tarn::versioning
