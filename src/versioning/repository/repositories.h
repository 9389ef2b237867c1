// Creating and deleting repositories. Level 6.
#pragma once

#include <functional>

#include "versioning/context.h"

namespace tarn::versioning {

struct CreateRepositoryRequest {
  RepositoryId id;
  StorageNamespace storage_namespace;
  std::string storage_id;
  BranchId default_branch;  ///< Empty: "main".
  bool bare = false;        ///< Only the record: no branch, no commit, no probe of the namespace.
  bool read_only = false;
  /// Puts the first content in, before anybody can see the repository; if it fails, there is none.
  /// Not called for a bare one.
  std::function<Status(const refs::Repository&)> fill;
};

/// Checks, probes the namespace, writes first commit, branch, first content and record. Texts:
/// "error creating repository: not unique", "failed to create repository: ...", "failed to match
/// required regex
/// ...".
Result<refs::Repository> CreateRepository(Context& context, const CreateRepositoryRequest& request);
/// kReadOnlyRepository unless `force`.
Status DeleteRepository(Context& context, const RepositoryId& id, bool force);
/// Removes what deleted repositories and interrupted creations have left. For a background thread.
Status SweepDeletedRepositories(Context& context);

}  // namespace tarn::versioning
