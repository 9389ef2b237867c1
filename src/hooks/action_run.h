// One run: the actions that an event concerns, at the same time, the hooks of each in their order;
// what they print is stored, and what they came to. Level 7; thread-safe, waits.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/action_source.h"
#include "hooks/hook.h"
#include "hooks/live_runs.h"
#include "hooks/run_records.h"
#include "versioning/context.h"

namespace tarn::hooks {

/// Is told of each hook that ran. Thread-safe.
class HookObserver {
 public:
  virtual ~HookObserver() = default;
  virtual void Began(std::string_view type) = 0;
  virtual void Ended(std::string_view type, std::string_view event, bool passed,
                     int64_t duration_us) = 0;
};

/// What a run came to that nobody has recorded.
struct DryRun {
  struct Hook {
    HookRun run;
    std::string output;
  };
  std::string run_id;
  std::vector<Hook> hooks;
  Status outcome;  ///< That of ActionRunner::Run.
};

class ActionRunner {
 public:
  /// Actions of one run at the same time, and threads of all runs besides those that ask for them.
  static constexpr size_t kAtOnceMax = 8;
  static constexpr int kThreadsMax = 64;
  /// Of the outputs of a dry run together; what is printed beyond is not kept.
  static constexpr size_t kDryOutputBytesMax = 8 << 20;

  /// All outlive it; the observer may be null.
  ActionRunner(versioning::Context& context, const HookServices& services, LiveRuns& live_runs,
               HookObserver* observer)
      : context_(context), services_(services), live_runs_(live_runs), observer_(observer) {}

  /// How the caller sees a run.
  struct Calls {
    std::function<bool()> is_cancelled;
    /// Asked at the end: true if nothing is to be stored, since the run is to be made again.
    std::function<bool()> is_abandoned = [] { return false; };
  };

  /// Runs the actions and stores the run. kHookFailed if a hook ran and failed; kInternal if one
  /// cannot be made ready (then nothing ran), or a condition not be evaluated; kCancelled when
  /// abandoned. Texts are the reference's.
  Status Run(const Event& event, const ActionSource::Actions& actions, const Calls& calls);
  /// Runs the actions and stores nothing.
  DryRun RunDry(const Event& event, const ActionSource::Actions& actions,
                const std::function<bool()>& is_cancelled);

 private:
  struct Task;
  struct ActionTasks;
  struct Work;
  class Threads;

  Result<std::vector<ActionTasks>> MakeReady(const Event& event,
                                             const ActionSource::Actions& actions) const;
  std::vector<Status> RunAll(const Work& work, std::vector<ActionTasks>& all);
  Status RunHooks(const Work& work, ActionTasks& tasks);
  Status RunHook(const Work& work, const Action& action, Task& task, bool has_failed, bool* failed);
  Status CarryOut(const Work& work, Task& task);
  Status StoreOutput(const Event& event, const HookRun& run, const std::string& text);

  versioning::Context& context_;
  const HookServices& services_;
  LiveRuns& live_runs_;
  HookObserver* const observer_;
  std::atomic<int> extra_threads_ = 0;
};

}  // namespace tarn::hooks
