// Who listens to the events of repositories: action files. Level 7; thread-safe, waits.
#pragma once

#include <atomic>
#include <memory>

#include "hooks/action_run.h"
#include "hooks/action_source.h"
#include "hooks/live_runs.h"
#include "hooks/post_events.h"
#include "hooks/trial.h"
#include "versioning/hooks.h"

namespace tarn::hooks {

struct HookServiceOptions {
  bool committed_only = false;  ///< Action files that are not committed do not count.
  PostEventOptions post_events = {};
  LiveRunsOptions live_runs = {};
};

class HookService final : public versioning::HookFinder, public versioning::HookRunner {
 public:
  /// All outlive it; the observer may be null. `services.read_object` is set here.
  HookService(versioning::Context& context, HookServices services, HookObserver* observer,
              HookServiceOptions options = {});
  ~HookService() override;

  versioning::HookRunner* Find(const refs::Repository&, versioning::HookEvent) override {
    return this;
  }
  Result<versioning::Listening> Hear(const versioning::HookCall& call) override;
  Status Run(const versioning::HookCall& call) override;
  Result<bool> Announce(const versioning::HookCall& call) override;
  Status RunAnnounced(const versioning::HookCall& call) override;
  void Withdraw(const versioning::HookCall& call, bool is_certain) override;
  Status NoteCommit(const refs::Repository& repository, std::string_view run_id,
                    std::string_view commit_id) override;

  /// Runs the hooks of an action file as if an event happened, and records nothing. kInvalidValue
  /// for a file that is wrong, or does not listen to the event; errors of MakeTrialEvent;
  /// kSlowDown if too many hooks run.
  Result<DryRun> Try(const refs::Repository& repository, const TrialRequest& request);
  LiveRuns& live_runs() { return live_runs_; }

  /// Runs what servers left that are gone. At start and periodically.
  Status Recover();
  /// Runs what did not fit into the queue. Periodically.
  void QueueWaiting() { post_events_->QueueWaiting(); }
  /// Ends hooks before changes, which refuses the changes. Before requests are waited for.
  void Cancel() { is_cancelled_ = true; }
  /// Ends those after changes. When no request runs any more.
  void Stop() { post_events_->Stop(); }

 private:
  Result<ActionSource::Actions> Matching(const versioning::HookCall& call, bool* has_others);
  Status RunPost(const Event& event, const std::function<bool()>& is_abandoned);
  Result<std::string> ReadObject(const Event& event, std::string_view path);

  versioning::Context& context_;
  HookServices services_;
  ActionSource source_;
  LiveRuns live_runs_;
  ActionRunner runner_;
  std::atomic<bool> is_cancelled_ = false;
  std::unique_ptr<PostEvents> post_events_;
};

}  // namespace tarn::hooks
