// Points at which verbs call hooks. Declared here, implemented by hooks/ (a level above); until
// actions exist the server passes NoHooks. Level 6.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "refs/types.h"

namespace tarn::versioning {

enum class HookEvent : uint8_t {
  kPrepareCommit,
  kPreCommit,
  kPostCommit,
  kPreMerge,
  kPostMerge,
  kPreCreateBranch,
  kPostCreateBranch,
  kPreDeleteBranch,
  kPostDeleteBranch,
  kPreCreateTag,
  kPostCreateTag,
  kPreDeleteTag,
  kPostDeleteTag,
  kPreRevert,
  kPostRevert,
  kPreCherryPick,
  kPostCherryPick,
};

/// What a hook is told. Borrowed for the call.
struct HookCall {
  HookEvent event;
  const refs::Repository& repository;
  std::string source_ref;  ///< Where action files are read from.
  BranchId branch;         ///< May be empty.
  TagId tag;               ///< May be empty.
  const refs::Commit* commit = nullptr;
};

class HookRunner {
 public:
  virtual ~HookRunner() = default;
  /// Runs what is configured for the event. Pre-events: an error aborts the verb (kHookFailed).
  virtual Status Run(const HookCall& call) = 0;
};

/// Runs nothing.
class NoHooks : public HookRunner {
 public:
  Status Run(const HookCall&) override { return {}; }
};

}  // namespace tarn::versioning
