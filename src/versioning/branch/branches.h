// Creating and deleting branches and tags, with the checks across names, hooks, and the guard that
// every branch write goes through. Level 6.
#pragma once

#include "versioning/context.h"

namespace tarn::versioning {

struct CreateBranchRequest {
  BranchId id;
  std::string source;  ///< Ref expression.
  bool hidden = false;
  bool force = false;
};
Result<refs::Branch> CreateBranch(Context& context, const refs::Repository& repository,
                                  const CreateBranchRequest& request);
Status DeleteBranch(Context& context, const refs::Repository& repository, const BranchId& id,
                    bool force);

/// True if there is the branch and it has the commit in its history.
Result<bool> HasInHistory(Context& context, const refs::Repository& repository,
                          const BranchId& branch, const CommitId& commit);

struct CreateTagRequest {
  TagId id;
  std::string ref;
  bool force = false;
};
Result<refs::Tag> CreateTag(Context& context, const refs::Repository& repository,
                            const CreateTagRequest& request);
Status DeleteTag(Context& context, const refs::Repository& repository, const TagId& id, bool force);

/// kReadOnlyRepository unless `force`.
Status CheckWritable(const refs::Repository& repository, bool force);

}  // namespace tarn::versioning
