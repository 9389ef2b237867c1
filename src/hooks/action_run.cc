#include "hooks/action_run.h"

#include <algorithm>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/sync.h"
#include "block/object_store.h"
#include "fmt/format.h"
#include "hooks/condition/condition.h"
#include "hooks/hook_types.h"
#include "hooks/multi_error.h"

namespace tarn::hooks {

/// One hook of a run.
struct ActionRunner::Task {
  const ActionHook* description = nullptr;
  HookRun run;
  size_t number = 0;  ///< Of all hooks of the run.
  std::shared_ptr<HookOutput> output = std::make_shared<HookOutput>();  // shared with who looks on
  std::unique_ptr<Hook> hook;
};

/// The hooks of one action, one after the other.
struct ActionRunner::ActionTasks {
  std::shared_ptr<const Action> action;  // shared with what remembers it
  std::vector<Task> tasks;
};

/// What all hooks of a run have in common.
struct ActionRunner::Work {
  const Event& event;
  const Calls& calls;
  LiveRun& live;
  /// Takes the output of each hook that ran. Thread-safe.
  std::function<Status(const HookRun& run, const std::string& text)> keep;
};

/// Threads besides the caller's, as many as there may be.
class ActionRunner::Threads {
 public:
  Threads(std::atomic<int>& used, size_t wanted, const std::function<void()>& work) : used_(used) {
    while (threads_.size() < wanted && TakePlace()) {
      try {
        threads_.emplace_back("hook", work);
      } catch (const std::system_error&) {
        --used_;  // The system has none left: the caller's thread does the work.
        return;
      }
    }
  }
  ~Threads() {
    for (Thread& thread : threads_) {
      thread.Join();
      --used_;
    }
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  bool TakePlace() {
    if (used_.fetch_add(1) < kThreadsMax) return true;
    --used_;
    return false;
  }

  std::atomic<int>& used_;
  std::vector<Thread> threads_;
};

namespace {

template <class Tasks>
std::vector<HookRun> RunsOf(const std::vector<Tasks>& all) {
  std::vector<HookRun> runs;
  for (const Tasks& tasks : all) {
    for (const auto& task : tasks.tasks) runs.push_back(task.run);
  }
  return runs;
}

}  // namespace

Status ActionRunner::Run(const Event& event, const ActionSource::Actions& actions,
                         const Calls& calls) {
  TARN_TRY_ASSIGN(std::vector<ActionTasks> all, MakeReady(event, actions));
  const auto live = std::make_shared<LiveRun>(event, RunsOf(all));
  const LiveRuns::Scope scope(live_runs_, live);
  std::vector<Status> failures =
      RunAll({.event = event,
              .calls = calls,
              .live = *live,
              .keep = [&](const HookRun& run,
                          const std::string& text) { return StoreOutput(event, run, text); }},
             all);
  if (calls.is_abandoned()) return {Code::kCancelled, "context canceled"};
  const std::vector<HookRun> hooks = RunsOf(all);
  if (!hooks.empty()) {
    hooks::Run run = live->Snapshot().run;
    run.passed = failures.empty();
    Status stored = StoreRun(context_, event.repository, run, hooks);
    if (!stored.ok()) failures.push_back(std::move(stored));
  }
  return Together(failures);
}

DryRun ActionRunner::RunDry(const Event& event, const ActionSource::Actions& actions,
                            const std::function<bool()>& is_cancelled) {
  auto all = MakeReady(event, actions);
  if (!all.ok()) {
    return {.run_id = event.run_id, .hooks = {}, .outcome = std::move(all).status()};
  }
  DryRun dry{.run_id = event.run_id, .hooks = {}, .outcome = {}};
  Mutex mutex;  // guards what follows, and the hooks of the result
  size_t left = kDryOutputBytesMax;
  std::map<std::string, std::string> outputs;
  LiveRun live(event, RunsOf(*all));
  const Calls calls{.is_cancelled = is_cancelled};
  dry.outcome = Together(RunAll({.event = event,
                                 .calls = calls,
                                 .live = live,
                                 .keep =
                                     [&](const HookRun& run, const std::string& text) {
                                       const MutexLock lock(mutex);
                                       outputs[run.id] = text.substr(0, left);
                                       left -= outputs[run.id].size();
                                       return Status();
                                     }},
                                *all));
  for (HookRun& run : RunsOf(*all)) {
    std::string output = std::move(outputs[run.id]);
    dry.hooks.push_back({std::move(run), std::move(output)});
  }
  return dry;
}

Result<std::vector<ActionRunner::ActionTasks>> ActionRunner::MakeReady(
    const Event& event, const ActionSource::Actions& actions) const {
  std::vector<ActionTasks> all;
  size_t count = 0;
  for (const auto& action : actions) {
    ActionTasks tasks{action, {}};
    for (const ActionHook& description : action->hooks) {
      Task task;
      task.description = &description;
      task.number = count++;
      task.run = {.run_id = event.run_id,
                  .id = fmt::format("{:04d}_{:04d}", all.size(), tasks.tasks.size()),
                  .hook_id = description.id,
                  .action_name = action->name,
                  .started = kNeverRun,
                  .ended = kNeverRun,
                  .passed = false};
      const HookType* const type = FindHookType(description.type);
      TARN_TRY_ASSIGN(task.hook, type->make({.action_name = action->name,
                                             .hook = description,
                                             .services = services_,
                                             .masker = &task.output->masker()}));
      tasks.tasks.push_back(std::move(task));
    }
    all.push_back(std::move(tasks));
  }
  return all;
}

/// Failures of the actions, in the order of their ends.
std::vector<Status> ActionRunner::RunAll(const Work& work, std::vector<ActionTasks>& all) {
  std::atomic<size_t> next = 0;
  Mutex mutex;
  std::vector<Status> failures;  // Guarded by the mutex.
  const auto take = [&] {
    for (size_t i = next++; i < all.size(); i = next++) {
      Status status = RunHooks(work, all[i]);
      if (status.ok()) continue;
      const MutexLock lock(mutex);
      failures.push_back(std::move(status));
    }
  };
  {
    const size_t at_once = std::min(all.size(), kAtOnceMax);
    const Threads threads(extra_threads_, at_once == 0 ? 0 : at_once - 1, take);
    take();
  }
  return failures;
}

Status ActionRunner::RunHooks(const Work& work, ActionTasks& tasks) {
  Status first;
  bool has_failed = false;
  for (Task& task : tasks.tasks) {
    bool failed = false;
    Status status = RunHook(work, *tasks.action, task, has_failed, &failed);
    // Nobody reads them any more.
    work.live.Release(task.number);
    task.hook.reset();
    task.output.reset();
    if (first.ok()) first = status;
    if (!status.ok() && !failed) return first;  // What it printed is not stored.
    has_failed = has_failed || failed;
  }
  return first;
}

Status ActionRunner::RunHook(const Work& work, const Action& action, Task& task, bool has_failed,
                             bool* failed) {
  const auto of_task = [&](std::string_view what) {
    return fmt::format("{} '{}' failed on action '{}' hook '{}': ", what, task.run.id, action.name,
                       task.run.hook_id);
  };
  const std::string& condition = task.description->condition;
  Result<bool> is_wanted = !has_failed;
  if (!condition.empty()) {
    is_wanted =
        EvaluateCondition(condition, {.has_failed = has_failed, .now = context_.clock.Now()});
  }
  if (is_wanted.ok() && !*is_wanted) {
    work.live.Skip(task.number);
    return {};
  }
  task.run.started = context_.clock.Now();
  work.live.Begin(task.number, task.run.started, task.output);
  Status status = is_wanted.ok() ? CarryOut(work, task) : is_wanted.status();
  task.run.ended = context_.clock.Now();
  task.run.passed = status.ok();
  *failed = !status.ok();
  if (*failed) task.output->Append("Error: " + std::string(status.message()) + "\n");
  work.live.End(task.number, task.run.ended, task.run.passed);
  if (work.calls.is_abandoned()) return status;
  const Status kept = work.keep(task.run, task.output->text());
  if (!kept.ok()) {
    *failed = false;
    return Status(Code::kInternal,
                  fmt::format("failed to write action log. Run id '{}' action '{}' hook '{}': {}",
                              task.run.id, action.name, task.run.hook_id, kept.message()));
  }
  return std::move(status).Prefixed(of_task("hook run id"));
}

Status ActionRunner::CarryOut(const Work& work, Task& task) {
  const int64_t start_us = context_.clock.MonotonicUs();
  if (observer_ != nullptr) observer_->Began(task.description->type);
  const Status status = task.hook->Run(work.event, *task.output, work.calls.is_cancelled);
  if (observer_ != nullptr) {
    observer_->Ended(task.description->type, work.event.name(), status.ok(),
                     context_.clock.MonotonicUs() - start_us);
  }
  if (status.ok()) return status;
  return {Code::kHookFailed, "action failed: " + task.output->masker().Mask(status.message())};
}

Status ActionRunner::StoreOutput(const Event& event, const HookRun& run, const std::string& text) {
  const std::string address = HookOutputAddress(event.run_id, run.id);
  return ToStatus(block::PutObject(context_.objects,
                                   {event.repository.storage_namespace.view(), address}, text));
}

}  // namespace tarn::hooks
