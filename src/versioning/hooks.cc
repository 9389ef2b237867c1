#include "versioning/hooks.h"

#include <algorithm>
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

/// Who asked for what this thread does.
thread_local std::string_view acting_user;
thread_local int hook_depth = 0;

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

std::optional<HookEvent> FindHookEvent(std::string_view name) {
  const auto found = std::find(kEventNames.begin(), kEventNames.end(), name);
  if (found == kEventNames.end()) return std::nullopt;
  return static_cast<HookEvent>(found - kEventNames.begin());
}

ActingUser::ActingUser(std::string_view name) : previous_(std::exchange(acting_user, name)) {}
ActingUser::~ActingUser() { acting_user = previous_; }

HookDepth::HookDepth(int depth) : previous_(std::exchange(hook_depth, depth)) {}
HookDepth::~HookDepth() { hook_depth = previous_; }

HookRunner* FindHook(Context& context, const refs::Repository& repository, HookEvent event) {
  if (context.hooks == nullptr || repository.read_only) return nullptr;
  return context.hooks->Find(repository, event);
}

Result<Listening> HearPreHook(Context& context, HookRunner& runner, HookCall* call) {
  call->run_id = NewRunId(context);
  if (call->user.empty()) call->user = acting_user;
  call->depth = hook_depth;
  auto heard = runner.Hear(*call);
  if (heard.ok()) return heard;
  return Aborted(call->event, call->run_id, std::move(heard).status());
}

Status RunPreHook(Context& context, HookCall* call) {
  HookRunner* const runner = FindHook(context, call->repository, call->event);
  if (runner == nullptr) return {};
  TARN_TRY_ASSIGN(const Listening heard, HearPreHook(context, *runner, call));
  return heard == Listening::kThisEvent ? RunHeardPreHook(*runner, call) : Status();
}

Status RunHeardPreHook(HookRunner& runner, HookCall* call) {
  call->ran_before = true;
  Status status = RunAside(runner, *call);
  if (status.ok()) return status;
  return Aborted(call->event, call->run_id, std::move(status));
}

struct PostHook::Announced {
  HookRunner& runner;
  const refs::Repository& repository;
  const HookEvent event;
  const std::string run_id, pre_run_id;
  const bool is_heard;  ///< Somebody listens.
  bool is_refused = false;
};

PostHook::PostHook() = default;
PostHook::PostHook(PostHook&&) noexcept = default;
PostHook& PostHook::operator=(PostHook&& other) noexcept {
  std::swap(announced_, other.announced_);
  return *this;
}

PostHook::~PostHook() {
  if (announced_ == nullptr || !announced_->is_heard) return;
  HookCall call{.event = announced_->event, .repository = announced_->repository};
  call.run_id = announced_->run_id;
  announced_->runner.Withdraw(call, announced_->is_refused);
}

Result<PostHook> PostHook::Announce(Context& context, const HookCall& call) {
  PostHook post;
  HookRunner* const runner = FindHook(context, call.repository, call.event);
  if (runner == nullptr) return post;
  HookCall next = call;
  if (next.user.empty()) next.user = acting_user;
  next.depth = hook_depth;
  next.pre_run_id = std::exchange(next.run_id, NewRunId(context));
  auto heard = runner->Announce(next);
  if (!heard.ok()) {
    return std::move(heard).status().Prefixed("announce " + std::string(HookEventName(call.event)) +
                                              ": ");
  }
  post.announced_ = std::make_unique<Announced>(
      Announced{*runner, call.repository, call.event, next.run_id, next.pre_run_id, *heard});
  return post;
}

std::string_view PostHook::run_id() const {
  return announced_ != nullptr && announced_->is_heard ? std::string_view(announced_->run_id) : "";
}

Status PostHook::Judge(Status made) {
  const Code code = made.code();
  if (announced_ != nullptr) {
    announced_->is_refused =
        code == Code::kNotUnique || code == Code::kBranchNotFound || code == Code::kTagNotFound;
  }
  return made;
}

void PostHook::Run(HookCall call) {
  const auto announced = std::exchange(announced_, nullptr);
  if (announced == nullptr) return;
  call.run_id = announced->run_id;
  call.pre_run_id = announced->pre_run_id;
  const auto log = [&](const Status& status) {
    if (status.ok()) return;
    TARN_LOG_WARN("{} hook of {} failed, run id {}: {}", HookEventName(call.event),
                  call.repository.id.view(), call.run_id, status.ToString());
  };
  const bool is_new_commit =
      call.event == HookEvent::kPostCommit || call.event == HookEvent::kPostRevert;
  if (call.ran_before && is_new_commit) {
    log(announced->runner.NoteCommit(call.repository, call.pre_run_id, call.commit_id));
  }
  if (announced->is_heard) log(announced->runner.RunAnnounced(call));
}

Status MissingActionSource(Context& context, HookEvent event) {
  return Aborted(event, NewRunId(context),
                 Status(Code::kNotFound, "list actions from commit: listing actions: not found"));
}

}  // namespace tarn::versioning
