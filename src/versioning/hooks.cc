#include "versioning/hooks.h"

#include <array>

#include "base/log.h"
#include "base/xid.h"
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

/// A missing branch makes the reference fail where it lists the action files, before any hook.
Status CheckActionSource(Context& context, const HookCall& call) {
  if (call.event != HookEvent::kPrepareCommit) return Status();
  const auto branch = context.refs.GetBranch(call.repository, call.branch);
  if (branch.code() != Code::kBranchNotFound) return branch.status();
  return Status(Code::kNotFound, "list actions from commit: listing actions: not found");
}

}  // namespace

std::string_view HookEventName(HookEvent event) { return kEventNames[static_cast<size_t>(event)]; }

Status RunPreHook(Context& context, HookCall call) {
  if (call.repository.read_only) return Status();
  call.run_id = context.xids.NewDescending(kDescendingEpoch);
  Status status = CheckActionSource(context, call);
  if (status.ok()) status = context.hooks.Run(call);
  if (status.ok()) return status;
  return std::move(status).Prefixed(std::string(HookEventName(call.event)) +
                                    " hook aborted, run id '" + call.run_id + "': ");
}

void RunPostHook(Context& context, HookCall call) {
  if (call.repository.read_only) return;
  call.run_id = context.xids.NewDescending(kDescendingEpoch);
  const Status status = context.hooks.Run(call);
  if (!status.ok()) {
    TARN_LOG_WARN("{} hook of {} failed, run id {}: {}", HookEventName(call.event),
                  call.repository.id.view(), call.run_id, status.ToString());
  }
}

}  // namespace tarn::versioning
