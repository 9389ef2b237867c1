// Events: the points at which verbs tell whoever listens what they are about to do, or have done.
//
// A listener is found per repository and event; where nobody listens, an event costs one call and
// nothing else. Before-events ("pre-commit") may refuse the verb: they run once per call of the
// verb, before its compare-and-set loop, while no branch is held and no place in a pool is taken,
// so a hook may call the server. After-events come when the change is durable and cannot undo it.
// Implemented by hooks/ (a level above). Level 6.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
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
  std::string_view user;    ///< Who asked for the verb; empty if nobody did.
  int depth = 0;            ///< How many hooks the verb lies within: see HookDepth.
  std::string run_id;       ///< xid that sorts newest first.
  std::string pre_run_id;   ///< After-events: of the event before.
  bool ran_before = false;  ///< Something ran at the event before.
};

/// Who listens at a ref.
enum class Listening : uint8_t {
  kNobody,       ///< To no event at all.
  kOtherEvents,  ///< Somebody, but not to this event.
  kThisEvent,
};

/// Thread-safe.
class HookRunner {
 public:
  virtual ~HookRunner() = default;
  /// Who listens at the source ref of the call. Reads, and may wait for that; runs nothing. An
  /// error aborts the verb.
  virtual Result<Listening> Hear(const HookCall&) { return Listening::kThisEvent; }
  /// Runs what is configured for a before-event; an error aborts the verb (kHookFailed for a hook
  /// that ran and failed).
  virtual Status Run(const HookCall& call) = 0;
  /// Writes down that an after-event is about to become due, before the change that it tells of is
  /// made: from then on it runs if the change is found, even if this server dies in between. False
  /// if nobody listens. An error aborts the verb.
  virtual Result<bool> Announce(const HookCall&) { return true; }
  /// The change of an announced event was made: queues the work and returns. An error is only
  /// logged; what was announced stays so.
  virtual Status RunAnnounced(const HookCall& call) { return Run(call); }
  /// The change of an announced event was not made: certainly, or as far as is known.
  virtual void Withdraw(const HookCall&, bool /*is_certain*/) {}
  /// The run of a before-event came to this commit.
  virtual Status NoteCommit(const refs::Repository&, std::string_view /*run_id*/,
                            std::string_view /*commit_id*/) {
    return {};
  }
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
/// The event of a name.
std::optional<HookEvent> FindHookEvent(std::string_view name);

/// While it lives, verbs of this thread are asked for by that user. Scopes nest.
class ActingUser {
 public:
  /// `name` outlives it.
  explicit ActingUser(std::string_view name);
  ~ActingUser();
  ActingUser(const ActingUser&) = delete;
  ActingUser& operator=(const ActingUser&) = delete;

 private:
  const std::string_view previous_;
};

/// While it lives, verbs of this thread are asked for by a hook; `depth` is 1 if a client's change
/// set that one off, and one more for each hook that lies around it. Scopes nest.
class HookDepth {
 public:
  explicit HookDepth(int depth);
  ~HookDepth();
  HookDepth(const HookDepth&) = delete;
  HookDepth& operator=(const HookDepth&) = delete;

 private:
  const int previous_;
};

struct Context;
/// Who may listen; null also in a read-only repository, where hooks never run.
HookRunner* FindHook(Context& context, const refs::Repository& repository, HookEvent event);
/// Who listens to a before-event. Gives the call its run id and its user. An error is as that of
/// RunPreHook.
Result<Listening> HearPreHook(Context& context, HookRunner& runner, HookCall* call);
/// Runs a before-event, if somebody listens, under a run id that is left in the call. An error
/// comes back as "<event> hook aborted, run id '<id>': <error>" with its code; kSlowDown if too
/// many hooks run. The caller holds no lock.
Status RunPreHook(Context& context, HookCall* call);
/// The same for a listener that was heard already.
Status RunHeardPreHook(HookRunner& runner, HookCall* call);

/// An after-event on its way: announced before its change is made, run afterwards. One thread at a
/// time.
class PostHook {
 public:
  /// Nothing.
  PostHook();
  PostHook(PostHook&&) noexcept;
  PostHook& operator=(PostHook&&) noexcept;
  /// Withdraws what was announced and not run.
  ~PostHook();

  /// Announces an after-event, if somebody listens, under a new run id; what the call has of the
  /// event before becomes its pre_run_id. What the call borrows but its repository may be gone when
  /// this comes back.
  static Result<PostHook> Announce(Context& context, const HookCall& call);
  /// The run id of what was announced, for what is made to bear; empty if nobody listens.
  std::string_view run_id() const;
  /// What the change came to, which is given back. One that was refused for what is there already,
  /// or is not, was not made: what others have made meanwhile counts for nothing then.
  Status Judge(Status made);
  /// The change was made; the call tells of it. Failures are logged.
  void Run(HookCall call);

 private:
  struct Announced;
  std::unique_ptr<Announced> announced_;
};

/// What the reference says of a verb whose branch is not there when the action files are looked
/// for.
Status MissingActionSource(Context& context, HookEvent event);

}  // namespace tarn::versioning
