#include "hooks/live_run.h"

#include <algorithm>
#include <utility>

namespace tarn::hooks {

LiveRun::LiveRun(const Event& event, std::vector<HookRun> hooks) : event_(event) {
  for (HookRun& hook : hooks) hooks_.push_back({{.run = std::move(hook)}, nullptr});
}

void LiveRun::Begin(size_t hook, Timestamp now, std::shared_ptr<const HookOutput> output) {
  const MutexLock lock(mutex_);
  hooks_[hook].live.state = HookState::kRunning;
  hooks_[hook].live.run.started = now;
  hooks_[hook].output = std::move(output);
}

void LiveRun::End(size_t hook, Timestamp now, bool passed) {
  const MutexLock lock(mutex_);
  hooks_[hook].live.state = HookState::kOver;
  hooks_[hook].live.run.ended = now;
  hooks_[hook].live.run.passed = passed;
}

void LiveRun::Skip(size_t hook) {
  const MutexLock lock(mutex_);
  hooks_[hook].live.state = HookState::kOver;
}

void LiveRun::Release(size_t hook) {
  const MutexLock lock(mutex_);
  hooks_[hook].output = nullptr;
}

RunningRun LiveRun::Snapshot() const {
  RunningRun now{.run = {.id = event_.run_id,
                         .branch = BranchId(event_.branch),
                         .commit = CommitId(event_.commit_id),
                         .source_ref = event_.source_ref,
                         .event_type = std::string(event_.name()),
                         .started = kNeverRun,
                         .ended = kNeverRun,
                         .passed = false},
                 .hooks = {}};
  const MutexLock lock(mutex_);
  for (const Hook& hook : hooks_) {
    const HookRun& run = hook.live.run;
    now.hooks.push_back(hook.live);
    if (run.skipped()) continue;
    now.run.started =
        now.run.started == kNeverRun ? run.started : std::min(now.run.started, run.started);
    now.run.ended = std::max(now.run.ended, run.ended);
  }
  return now;
}

std::shared_ptr<const HookOutput> LiveRun::OutputOf(std::string_view hook_run_id) const {
  const MutexLock lock(mutex_);
  for (const Hook& hook : hooks_) {
    if (hook.live.run.id == hook_run_id) return hook.output;
  }
  return nullptr;
}

}  // namespace tarn::hooks
