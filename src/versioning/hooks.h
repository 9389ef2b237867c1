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
  std::string run_id;  ///< xid that sorts newest first; set by RunPreHook and RunPostHook.
};

class HookRunner {
 public:
  virtual ~HookRunner() = default;
  /// Runs what is configured for the event. Pre-events: an error aborts the verb (kHookFailed).
  /// Post-events: queues its own background work and returns; an error is only logged.
  virtual Status Run(const HookCall& call) = 0;
};

/// Runs nothing.
class NoHooks : public HookRunner {
 public:
  Status Run(const HookCall&) override { return {}; }
};

/// "pre-commit" and its kin.
std::string_view HookEventName(HookEvent event);

struct Context;
/// Runs a pre-event under a new run id, unless the repository is read-only (hooks never run there).
/// An error comes back as "<event> hook aborted, run id '<id>': <error>" with its code.
Status RunPreHook(Context& context, HookCall call);
/// Runs a post-event; failures are logged.
void RunPostHook(Context& context, HookCall call);

}  // namespace tarn::versioning
