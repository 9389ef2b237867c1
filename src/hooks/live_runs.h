// The runs that are going on: those of this server as they are at the moment, those of servers that
// share its database as they were written down last. Level 7; thread-safe.
//
// Where others share the database, what goes on for longer than a moment is written there every now
// and then: a record of the run, and beside the place of each output what was printed so far. Both
// go when the run has ended (docs/formats/kv.md).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "hooks/live_run.h"
#include "versioning/context.h"

namespace tarn::hooks {

struct LiveRunsOptions {
  int64_t flush_ms = 2000;  ///< How often runs are written down, and how long they go on before.
};

class LiveRuns {
 public:
  /// Runs of other servers that are shown at once, of one repository.
  static constexpr size_t kShownMax = 1000;

  explicit LiveRuns(versioning::Context& context, LiveRunsOptions options = {});
  ~LiveRuns();

  /// While it lives, a run is going on. Its records are stored by the end.
  class Scope {
   public:
    Scope(LiveRuns& runs, std::shared_ptr<LiveRun> run);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    LiveRuns& runs_;
    const std::shared_ptr<LiveRun> run_;  // shared with who looks on
  };

  /// What goes on in a repository, in the order of ids: newest first.
  Result<std::vector<RunningRun>> List(const refs::Repository& repository);
  /// What a hook of a run that is going on has printed so far; nothing if there is no such hook.
  Result<std::optional<std::string>> Output(const refs::Repository& repository,
                                            std::string_view run_id, std::string_view hook_run_id);
  /// Removes what servers left that are gone. Periodically.
  Status RemoveLeft();

 private:
  using Key = std::pair<std::string, std::string>;  // partition, run id
  struct Entry;
  using EntryPtr = std::shared_ptr<Entry>;  // shared by the map and the thread that flushes

  void Remove(const Key& key);
  void FlushAll();
  void Flush(Entry& entry);
  Status FlushOutput(Entry& entry, const LiveHook& hook);
  Result<std::optional<RunningRun>> ReadOther(const refs::Repository& repository,
                                              std::string_view run_id);
  Result<std::string> ReadStored(const refs::Repository& repository, const HookRun& hook);

  versioning::Context& context_;
  const LiveRunsOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::map<Key, EntryPtr> runs_ TARN_GUARDED_BY(mutex_);
  bool stopping_ TARN_GUARDED_BY(mutex_) = false;
  Thread flusher_;
};

}  // namespace tarn::hooks
