// A run that is going on: what is known of its hooks, and what they have printed so far. Written by
// whoever runs them, read by whoever looks on. Level 7; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "hooks/hook.h"
#include "hooks/run_records.h"

namespace tarn::hooks {

enum class HookState : uint8_t { kWaiting, kRunning, kOver };

/// A hook of a run that is going on.
struct LiveHook {
  HookRun run;
  HookState state = HookState::kWaiting;
};

/// A run that is going on, as it was at a moment; `run` ends when the last of its hooks did so far.
struct RunningRun {
  Run run;
  std::vector<LiveHook> hooks;
};

class LiveRun {
 public:
  /// Nothing has begun yet.
  LiveRun(const Event& event, std::vector<HookRun> hooks);

  const std::string& id() const { return event_.run_id; }
  const refs::Repository& repository() const { return event_.repository; }

  // Hooks go by their place in the list.
  /// The output is held, and shown, until it is released.
  void Begin(size_t hook, Timestamp now, std::shared_ptr<const HookOutput> output);
  void End(size_t hook, Timestamp now, bool passed);
  void Skip(size_t hook);
  /// The output of a hook is kept elsewhere now, or by nobody.
  void Release(size_t hook);

  RunningRun Snapshot() const;
  /// What a hook prints; null if nothing is held.
  std::shared_ptr<const HookOutput> OutputOf(std::string_view hook_run_id) const;

 private:
  struct Hook {
    LiveHook live;
    std::shared_ptr<const HookOutput> output;  // shared with the hook that writes it
  };
  const Event event_;
  mutable Mutex mutex_;
  std::vector<Hook> hooks_ TARN_GUARDED_BY(mutex_);
};

}  // namespace tarn::hooks
