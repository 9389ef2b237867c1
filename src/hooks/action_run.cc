#include "hooks/action_run.h"

#include <algorithm>
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
  std::unique_ptr<HookOutput> output = std::make_unique<HookOutput>();
  std::unique_ptr<Hook> hook;
};

/// The hooks of one action, one after the other.
struct ActionRunner::ActionTasks {
  std::shared_ptr<const Action> action;  // shared with what remembers it
  std::vector<Task> tasks;
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

Status ActionRunner::Run(const Event& event, const ActionSource::Actions& actions,
                         const Calls& calls) {
  TARN_TRY_ASSIGN(std::vector<ActionTasks> all, MakeReady(event, actions));
  std::atomic<size_t> next = 0;
  Mutex mutex;
  std::vector<Status> failures;  // Guarded by the mutex, in the order of their ends.
  const auto work = [&] {
    for (size_t i = next++; i < all.size(); i = next++) {
      Status status = RunHooks(event, all[i], calls);
      if (status.ok()) continue;
      const MutexLock lock(mutex);
      failures.push_back(std::move(status));
    }
  };
  {
    const size_t at_once = std::min(all.size(), kAtOnceMax);
    const Threads threads(extra_threads_, at_once == 0 ? 0 : at_once - 1, work);
    work();
  }
  if (calls.is_abandoned()) return {Code::kCancelled, "context canceled"};
  const bool has_hooks = std::any_of(all.begin(), all.end(),
                                     [](const ActionTasks& one) { return !one.tasks.empty(); });
  if (has_hooks) {
    const Status stored = Store(event, all, failures.empty());
    if (!stored.ok()) failures.push_back(stored);
  }
  return Together(failures);
}

Result<std::vector<ActionRunner::ActionTasks>> ActionRunner::MakeReady(
    const Event& event, const ActionSource::Actions& actions) const {
  std::vector<ActionTasks> all;
  for (const auto& action : actions) {
    ActionTasks tasks{action, {}};
    for (const ActionHook& description : action->hooks) {
      Task task;
      task.description = &description;
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

Status ActionRunner::RunHooks(const Event& event, ActionTasks& tasks, const Calls& calls) {
  Status first;
  bool has_failed = false;
  for (Task& task : tasks.tasks) {
    bool failed = false;
    Status status = RunHook(event, *tasks.action, task, calls, has_failed, &failed);
    if (first.ok()) first = status;
    if (!status.ok() && !failed) return first;  // What it printed is not stored.
    has_failed = has_failed || failed;
  }
  return first;
}

Status ActionRunner::RunHook(const Event& event, const Action& action, Task& task,
                             const Calls& calls, bool has_failed, bool* failed) {
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
  if (is_wanted.ok() && !*is_wanted) return {};
  task.run.started = context_.clock.Now();
  const int64_t start_us = context_.clock.MonotonicUs();
  Status status;
  if (!is_wanted.ok()) {
    status = is_wanted.status();
  } else {
    if (observer_ != nullptr) observer_->Began(task.description->type);
    status = task.hook->Run(event, *task.output, calls.is_cancelled);
    if (observer_ != nullptr) {
      observer_->Ended(task.description->type, event.name(), status.ok(),
                       context_.clock.MonotonicUs() - start_us);
    }
    if (!status.ok()) {
      status = Status(Code::kHookFailed,
                      "action failed: " + task.output->masker().Mask(status.message()));
    }
  }
  task.run.ended = context_.clock.Now();
  task.run.passed = status.ok();
  *failed = !status.ok();
  if (*failed) task.output->Append("Error: " + std::string(status.message()) + "\n");
  if (calls.is_abandoned()) return status;
  const std::string address = HookOutputAddress(event.run_id, task.run.id);
  const auto stored = block::PutObject(
      context_.objects, {event.repository.storage_namespace.view(), address}, task.output->text());
  if (!stored.ok()) {
    *failed = false;
    return Status(
        Code::kInternal,
        fmt::format("failed to write action log. Run id '{}' action '{}' hook '{}': {}",
                    task.run.id, action.name, task.run.hook_id, stored.status().message()));
  }
  return std::move(status).Prefixed(of_task("hook run id"));
}

Status ActionRunner::Store(const Event& event, const std::vector<ActionTasks>& all, bool passed) {
  hooks::Run run{.id = event.run_id,
                 .branch = BranchId(event.branch),
                 .commit = CommitId(event.commit_id),
                 .source_ref = event.source_ref,
                 .event_type = std::string(event.name()),
                 .started = kNeverRun,
                 .ended = kNeverRun,
                 .passed = passed};
  std::vector<HookRun> hooks;
  for (const ActionTasks& tasks : all) {
    for (const Task& task : tasks.tasks) {
      hooks.push_back(task.run);
      if (task.run.skipped()) continue;
      run.started =
          run.started == kNeverRun ? task.run.started : std::min(run.started, task.run.started);
      run.ended = std::max(run.ended, task.run.ended);
    }
  }
  return StoreRun(context_, event.repository, run, hooks);
}

}  // namespace tarn::hooks
