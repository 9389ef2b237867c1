// What all ways of making an object visible share. Internal to catalog. Level 7; thread-safe.
#pragma once

#include <string_view>

#include "codec/entry.h"
#include "versioning/branch/staged_write.h"
#include "versioning/context.h"

namespace tarn::catalog {

/// The branch that an object is written to; kBranchNotFound "branch '<name>' not found".
Result<refs::Branch> RequireBranch(versioning::Context& context, const refs::Repository& repository,
                                   const BranchId& branch);

/// The entry as a staged value.
Value ToValue(const Entry& entry);

/// Stages an entry; `object` as in versioning::StageValue.
Status StageEntry(versioning::Context& context, const refs::Repository& repository,
                  const BranchId& branch, std::string_view path, const Entry& entry,
                  versioning::SetCondition condition, block::UnlinkedObject* object);

}  // namespace tarn::catalog
