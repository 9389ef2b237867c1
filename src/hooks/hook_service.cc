#include "hooks/hook_service.h"

#include <utility>

#include "base/log.h"
#include "block/object_store.h"
#include "codec/entry.h"
#include "runtime/worker_pool.h"
#include "versioning/branch/read.h"

namespace tarn::hooks {
namespace {

using versioning::HookCall;
using versioning::Listening;

constexpr int64_t kScriptBytesMax = 4 << 20;

}  // namespace

HookService::HookService(versioning::Context& context, HookServices services,
                         HookObserver* observer, HookServiceOptions options)
    : context_(context),
      services_(std::move(services)),
      source_(context, options.committed_only),
      live_runs_(context, options.live_runs),
      runner_(context, services_, live_runs_, observer) {
  services_.read_object = [this](const Event& event, std::string_view path) {
    return ReadObject(event, path);
  };
  post_events_ = std::make_unique<PostEvents>(
      context,
      [this](const Event& event, const std::function<bool()>& is_abandoned) {
        return RunPost(event, is_abandoned);
      },
      std::move(options.post_events));
}

HookService::~HookService() = default;

Result<ActionSource::Actions> HookService::Matching(const HookCall& call, bool* has_others) {
  TARN_TRY_ASSIGN(const auto actions, source_.Load(call.repository, call.source_ref, call.commit));
  *has_others = !actions->empty();
  ActionSource::Actions matching;
  for (const auto& action : *actions) {
    TARN_TRY_ASSIGN(const bool concerns, Concerns(*action, call.event, call.branch));
    if (concerns) matching.push_back(action);
  }
  return matching;
}

Result<Listening> HookService::Hear(const HookCall& call) {
  bool has_others = false;
  TARN_TRY_ASSIGN(const auto actions, Matching(call, &has_others));
  if (!actions.empty()) return Listening::kThisEvent;
  return has_others ? Listening::kOtherEvents : Listening::kNobody;
}

Status HookService::Run(const HookCall& call) {
  bool has_others = false;
  TARN_TRY_ASSIGN(const auto actions, Matching(call, &has_others));
  const auto is_cancelled = [&] {
    return is_cancelled_ || (call.cancelled != nullptr && *call.cancelled);
  };
  return runner_.Run(MakeEvent(call, context_.clock.Now()), actions,
                     {.is_cancelled = is_cancelled});
}

Result<bool> HookService::Announce(const HookCall& call) {
  bool has_others = false;
  auto actions = Matching(call, &has_others);
  // What is wrong with the files is no reason to refuse a change whose events before it went well:
  // as with the reference, nothing runs after it then.
  if (!actions.ok()) {
    TARN_LOG_WARN("actions of {} cannot be read at {}: {}", call.repository.id.view(),
                  call.source_ref, actions.status().message());
    return false;
  }
  if (actions->empty()) return false;
  TARN_TRY(post_events_->Announce(MakeEvent(call, context_.clock.Now())));
  return true;
}

Status HookService::RunAnnounced(const HookCall& call) {
  post_events_->Start(call);
  return {};
}

void HookService::Withdraw(const HookCall& call, bool is_certain) {
  post_events_->Withdraw(call.repository, call.run_id, is_certain);
}

Status HookService::NoteCommit(const refs::Repository& repository, std::string_view run_id,
                               std::string_view commit_id) {
  return SetRunCommit(context_, repository, run_id, CommitId(commit_id));
}

Status HookService::RunPost(const Event& event, const std::function<bool()>& is_abandoned) {
  bool has_others = false;
  const HookCall call{.event = event.type,
                      .repository = event.repository,
                      .source_ref = event.source_ref,
                      .branch = event.branch,
                      .commit = event.commit ? &*event.commit : nullptr};
  TARN_TRY_ASSIGN(const auto actions, Matching(call, &has_others));
  return runner_.Run(event, actions, {.is_cancelled = is_abandoned, .is_abandoned = is_abandoned});
}

Result<DryRun> HookService::Try(const refs::Repository& repository, const TrialRequest& request) {
  auto action = ParseAction(request.text);
  if (!action.ok()) {
    return Status(Code::kInvalidValue, std::string(action.status().message()));
  }
  TARN_TRY_ASSIGN(const Event event, MakeTrialEvent(context_, repository, request));
  if (request.may_announce && !event.branch.empty()) TARN_TRY(request.may_announce(event.branch));
  TARN_TRY_ASSIGN(const bool concerns, Concerns(*action, event.type, event.branch));
  if (!concerns) {
    const std::string on = event.branch.empty() ? "" : " on branch '" + event.branch + "'";
    return Status(Code::kInvalidValue, "the action '" + action->name + "' does not listen to " +
                                           std::string(event.name()) + on);
  }
  const runtime::StandAside aside(runtime::StandAside::Lane::kLeave);
  if (!aside.granted()) return Status(Code::kSlowDown, "too many hooks are running");
  return runner_.RunDry(event, {std::make_shared<const Action>(*std::move(action))},
                        [this] { return is_cancelled_.load(); });
}

Status HookService::Recover() {
  TARN_TRY(live_runs_.RemoveLeft());
  return post_events_->Recover();
}

Result<std::string> HookService::ReadObject(const Event& event, std::string_view path) {
  const auto read = [&]() -> Result<std::string> {
    TARN_TRY_ASSIGN(const refs::Resolved ref,
                    context_.refs.Resolve(event.repository, event.source_ref));
    TARN_TRY_ASSIGN(const auto found, versioning::ReadValue(context_, event.repository, ref, path));
    TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(found.view().data));
    return block::GetObject(
        context_.objects,
        {event.repository.storage_namespace.view(), entry.address, entry.address_type},
        kScriptBytesMax);
  };
  auto bytes = read();
  if (bytes.ok()) return bytes;
  // As the reference says it, which reads objects by its own API.
  const int status = bytes.code() == Code::kDataNotFound ? 410
                     : bytes.code() == Code::kTooLarge   ? 413
                     : bytes.code() == Code::kIo         ? 500
                                                         : 404;
  return Status(bytes.code(), "could not load script_path " + std::string(path) + ": HTTP " +
                                  std::to_string(status) + ": invalid action");
}

}  // namespace tarn::hooks
