// Commit: seals the branch's changes, merges them into ranges, moves the branch. Level 6.
#pragma once

#include <optional>

#include "versioning/context.h"

namespace tarn::versioning {

struct CommitRequest {
  BranchId branch;
  std::string committer;
  std::string message;
  Metadata metadata;
  std::optional<int64_t> date_seconds;
  std::optional<MetarangeId> source_metarange;
  bool allow_empty = false;
  bool force = false;
};
Result<refs::Commit> Commit(Context& context, const refs::Repository& repository,
                            const CommitRequest& request);

/// Adds a ready record ("commit record" of the API): its id must be its content address, its tree
/// and parents must be there. kInvalidValue, kNotUnique.
Status CreateCommitRecord(Context& context, const refs::Repository& repository,
                          const refs::Commit& commit, bool force);

}  // namespace tarn::versioning
