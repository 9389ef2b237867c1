#include "hooks/running_record.h"

#include <utility>

#include "proto/tarn.pb.h"
#include "records/message.h"

namespace tarn::hooks {

std::string EncodeRunning(const RunningRecord& record) {
  records::RunningRun message;
  message.set_run(EncodeRun(record.running.run));
  for (const LiveHook& hook : record.running.hooks) {
    auto* const added = message.add_hooks();
    added->set_run(EncodeHookRun(hook.run));
    added->set_state(static_cast<int>(hook.state));
  }
  records::SetTime(record.renewed, message.mutable_renewed());
  return records::Serialize(message);
}

Result<RunningRecord> DecodeRunning(std::string_view bytes) {
  records::RunningRun message;
  TARN_TRY(records::Parse(bytes, "running run", &message));
  RunningRecord record{.running = {}, .renewed = records::GetTime(message.renewed())};
  TARN_TRY_ASSIGN(record.running.run, DecodeRun(message.run()));
  for (const auto& hook : message.hooks()) {
    if (hook.state() < 0 || hook.state() > static_cast<int>(HookState::kOver)) {
      return Status(Code::kCorrupt, "no such state of a hook");
    }
    TARN_TRY_ASSIGN(HookRun run, DecodeHookRun(hook.run()));
    record.running.hooks.push_back({std::move(run), static_cast<HookState>(hook.state())});
  }
  return record;
}

}  // namespace tarn::hooks
