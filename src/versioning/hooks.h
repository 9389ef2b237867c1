// Events: the points at which verbs tell whoever listens what they are about to do, or have done.
//
// A listener is found per repository and event; where nobody listens, an event costs one call and
// nothing else. Before-events ("pre-commit") may refuse the verb: they run once per call of the
// verb, before its compare-and-set loop, while no branch is held and no place in a pool is taken,
// so a hook may call the server. After-events come when the change is durable and cannot undo it.
// Implemented by hooks/ (a level above). Level 6.
#pragma once

#include <atomic>
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

/// What a hook is told; texts that do not apply are empty. Borrowed for the call.
struct HookCall {
  HookEvent event;
  const refs::Repository& repository;
  std::string_view source_ref;  ///< Where action files are read from.
  std::string_view branch;
  std::string_view tag;
  std::string_view merge_source;  ///< The ref that is merged, as the client wrote it.
  /// As far as it is known: prepare-commit sees neither parents nor tree, pre-commit no tree.
  const refs::Commit* commit = nullptr;
  std::string_view commit_id;
  /// If set, becomes true when nobody wants the verb's result any more: a hook should end then.
  const std::atomic<bool>* cancelled = nullptr;
  std::string run_id;      ///< xid that sorts newest first.
  std::string pre_run_id;  ///< After-events: of the event before, if that ran.
};

/// Thread-safe.
class HookRunner {
 public:
  virtual ~HookRunner() = default;
  /// Runs what is configured for the event. Before-events: an error aborts the verb (kHookFailed
  /// for a hook that ran and failed). After-events: queues its work and returns; an error is only
  /// logged.
  virtual Status Run(const HookCall& call) = 0;
};

/// Thread-safe.
class HookFinder {
 public:
  virtual ~HookFinder() = default;
  /// Null when nothing listens. Called for each event of each verb: must not wait.
  virtual HookRunner* Find(const refs::Repository& repository, HookEvent event) = 0;
};

/// "pre-commit" and its kin.
std::string_view HookEventName(HookEvent event);

struct Context;
/// Who listens; null also in a read-only repository, where hooks never run.
HookRunner* FindHook(Context& context, const refs::Repository& repository, HookEvent event);
/// Runs a before-event under a new run id, which is left in the call. An error comes back as
/// "<event> hook aborted, run id '<id>': <error>" with its code; kSlowDown if too many hooks run.
/// The caller holds no lock.
Status RunPreHook(Context& context, HookCall* call);
/// The same for a listener that was found already.
Status RunPreHook(Context& context, HookRunner& runner, HookCall* call);
/// Runs an after-event under a new run id; what the call has of the event before becomes its
/// pre_run_id. Failures are logged.
void RunPostHook(Context& context, HookCall* call);
/// What the reference says of a verb whose branch is not there when the action files are looked
/// for.
Status MissingActionSource(Context& context, HookEvent event);

}  // namespace tarn::versioning
