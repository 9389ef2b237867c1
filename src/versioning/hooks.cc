#include "versioning/hooks.h"

#include <array>
#include <utility>

#include "base/log.h"
#include "base/xid.h"
#include "runtime/worker_pool.h"
#include "versioning/context.h"

namespace tarn::versioning {
namespace {

constexpr std::array<std::string_view, 17> kEventNames = {
    "prepare-commit",     "pre-commit",        "post-commit",        "pre-merge",
    "post-merge",         "pre-create-branch", "post-create-branch", "pre-delete-branch",
    "post-delete-branch", "pre-create-tag",    "post-create-tag",    "pre-delete-tag",
    "post-delete-tag",    "pre-revert",        "post-revert",        "pre-cherry-pick",
    "post-cherry-pick",
};
static_assert(kEventNames.size() == static_cast<size_t>(HookEvent::kPostCherryPick) + 1);

std::string NewRunId(Context& context) { return context.xids.NewDescending(kDescendingEpoch); }

Status Aborted(HookEvent event, const std::string& run_id, Status cause) {
  return std::move(cause).Prefixed(std::string(HookEventName(event)) + " hook aborted, run id '" +
                                   run_id + "': ");
}

/// The hook waits for somebody else, who may be waiting for a place in the same pool.
Status RunAside(HookRunner& runner, const HookCall& call) {
  const runtime::StandAside aside(runtime::StandAside::Lane::kLeave);
  if (!aside.granted()) return Status(Code::kSlowDown, "too many hooks are running");
  return runner.Run(call);
}

}  // namespace

std::string_view HookEventName(HookEvent event) { return kEventNames[static_cast<size_t>(event)]; }

HookRunner* FindHook(Context& context, const refs::Repository& repository, HookEvent event) {
  if (context.hooks == nullptr || repository.read_only) return nullptr;
  return context.hooks->Find(repository, event);
}

Status RunPreHook(Context& context, HookCall* call) {
  HookRunner* const runner = FindHook(context, call->repository, call->event);
  return runner == nullptr ? Status() : RunPreHook(context, *runner, call);
}

Status RunPreHook(Context& context, HookRunner& runner, HookCall* call) {
  call->run_id = NewRunId(context);
  Status status = RunAside(runner, *call);
  if (status.ok()) return status;
  return Aborted(call->event, call->run_id, std::move(status));
}

void RunPostHook(Context& context, HookCall* call) {
  HookRunner* const runner = FindHook(context, call->repository, call->event);
  if (runner == nullptr) return;
  call->pre_run_id = std::exchange(call->run_id, NewRunId(context));
  const Status status = runner->Run(*call);
  if (!status.ok()) {
    TARN_LOG_WARN("{} hook of {} failed, run id {}: {}", HookEventName(call->event),
                  call->repository.id.view(), call->run_id, status.ToString());
  }
}

Status MissingActionSource(Context& context, HookEvent event) {
  return Aborted(event, NewRunId(context),
                 Status(Code::kNotFound, "list actions from commit: listing actions: not found"));
}

}  // namespace tarn::versioning
