// A hook that is ready to run, what it is told, and what it prints. Level 7.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"
#include "codec/json.h"
#include "hooks/lua/script.h"
#include "hooks/secrets.h"
#include "refs/types.h"
#include "versioning/hooks.h"

namespace tarn::http {
class GuardedClient;
}

namespace tarn::hooks {

/// What happened, or is about to; a copy of a versioning::HookCall, which only borrows.
struct Event {
  versioning::HookEvent type = versioning::HookEvent::kPreCommit;
  refs::Repository repository;
  std::string source_ref, branch, tag, merge_source, commit_id, run_id, pre_run_id, user;
  int depth = 0;  ///< versioning::HookCall::depth
  std::optional<refs::Commit> commit;
  Timestamp time;

  std::string_view name() const { return versioning::HookEventName(type); }
};
Event MakeEvent(const versioning::HookCall& call, Timestamp time);

/// The event as webhooks and Airflow are told it.
std::string EventJson(const Event& event, std::string_view action_name, std::string_view hook_id);

/// What a hook prints: kept up to a limit, without the secrets that were put into its properties.
/// Thread-safe, so that it can be read meanwhile.
class HookOutput {
 public:
  static constexpr size_t kBytesMax = 4 << 20;

  void Append(std::string_view text);
  std::string text() const;
  /// What can be shown of it while the hook runs.
  std::string TextSoFar() const;

  Masker& masker() { return masker_; }
  const Masker& masker() const { return masker_; }

 private:
  mutable Mutex mutex_;
  std::string text_ TARN_GUARDED_BY(mutex_);
  bool is_cut_ TARN_GUARDED_BY(mutex_) = false;
  Masker masker_;  // Filled before anything is printed.
};

/// What hooks work with; outlives them.
struct HookServices {
  HookEnvironment environment;
  const http::GuardedClient* client = nullptr;
  /// Runs a script of a hook within so many others, with limits and what it may call.
  std::function<Status(lua::Script script, int depth)> run_lua;
  std::function<Result<std::string>(const Event& event, std::string_view path)> read_object;
  Clock* clock = nullptr;
};

class Hook {
 public:
  virtual ~Hook() = default;
  /// Waits for its end. An error is why it failed; one that is kCancelled says that nobody wanted
  /// the end.
  virtual Status Run(const Event& event, HookOutput& output,
                     const std::function<bool()>& is_cancelled) = 0;
};

}  // namespace tarn::hooks
