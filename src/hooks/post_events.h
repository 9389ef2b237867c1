// Events after a change: written down before it is made, run when it was.
//
// A record in the partition of the repository says that an event is due. Whoever finds one whose
// server is gone looks whether the change was made, and if so runs the event, under the same run
// id: once, or twice if its server died while it ran. Level 7; thread-safe, waits where stated.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/sync.h"
#include "hooks/hook.h"
#include "hooks/post_event_record.h"
#include "runtime/background_pool.h"
#include "versioning/context.h"
#include "versioning/jobs/job_leases.h"

namespace tarn::hooks {

struct PostEventOptions {
  int64_t heartbeat_ms = 3000;
  /// How long another server may show no sign of life, where others use the KV.
  int64_t lease_ms = 20'000;
  /// Events that are announced, wait or run on this server; more changes that announce one are
  /// refused.
  size_t pending_max = 10'000;
  size_t pending_per_repository_max = 5'000;
  int64_t stop_grace_ms = 5000;  ///< What runs may go on for so long when the server stops.
  runtime::BackgroundPoolOptions pool = {.name = "post-hooks",
                                         .threads = 8,
                                         .running_per_owner_max = 4,
                                         .queue_max = 1024,
                                         .queue_per_owner_max = 512};
};

class PostEvents {
 public:
  /// How often an event is begun to be run.
  static constexpr int kAttemptsMax = 2;
  /// Runs an event and stores the run, unless `is_abandoned` by then.
  using RunFn =
      std::function<Status(const Event& event, const std::function<bool()>& is_abandoned)>;

  PostEvents(versioning::Context& context, RunFn run, PostEventOptions options = {});
  ~PostEvents() { Stop(); }

  /// Writes the record, durable. kSlowDown if too many events are due already.
  Status Announce(Event event);
  /// The change was made: queues the event, and returns. The commit is what the event is told.
  void Start(const versioning::HookCall& call);
  /// The change was not made: forgets the event; if that is not certain, looks, and may run it.
  void Withdraw(const refs::Repository& repository, const std::string& run_id, bool is_certain);
  /// Runs what servers left that are gone. At start and periodically.
  Status Recover();
  /// Runs what did not fit into the queue. Periodically.
  void QueueWaiting();
  /// What runs ends, or is left for the next server. Nothing is run from then on.
  void Stop();

 private:
  enum class State : uint8_t { kAnnounced, kWaiting, kQueued, kRunning };
  struct Pending {
    PostEventRecord record;
    State state = State::kAnnounced;
    std::atomic<bool> is_lost = false;  ///< Another server has taken it.
  };
  using PendingPtr = std::shared_ptr<Pending>;      // shared by the queue, the heart and the map
  using Key = std::pair<std::string, std::string>;  // partition, run id

  static constexpr int64_t kNever = INT64_MIN / 2;

  static Key KeyOf(const Event& event) { return {event.repository.partition(), event.run_id}; }
  Status Add(const Key& key, const PendingPtr& pending);
  PendingPtr Find(const Key& key);
  void Forget(const Key& key);
  void Queue(const PendingPtr& pending);
  void Work(const PendingPtr& pending);
  Status Begin(Pending& pending);
  Status BeginAnew(Pending& pending);
  bool IsOver(const Event& event, const Status& ran);
  Status PutBack(Pending& pending, const Status& why);
  Status End(Pending& pending);
  void Settle(const PendingPtr& pending, bool is_withdrawn = false);
  Result<bool> WasMade(const Event& event);
  Result<bool> IsReachable(const Event& event);
  Result<bool> HasRun(const Event& event);
  Status Adopt(const refs::Repository& repository, std::string_view key, std::string_view bytes);
  Status Change(Pending& pending, const std::function<void(PostEventRecord*)>& change);
  Status ShowLife();
  void Beat();
  void FindLost();

  versioning::Context& context_;
  const RunFn run_;
  const PostEventOptions options_;
  Mutex recovering_;  // guards leases_
  versioning::JobLeases leases_;
  Mutex mutex_;
  CondVar changed_;
  std::map<Key, PendingPtr> pending_ TARN_GUARDED_BY(mutex_);
  std::map<std::string, size_t> pending_of_ TARN_GUARDED_BY(mutex_);  // by partition
  int running_ TARN_GUARDED_BY(mutex_) = 0;
  std::atomic<bool> stopping_ = false, is_cancelled_ = false;
  std::atomic<int64_t> beat_at_ms_ = kNever;  // when the last sign of life was written
  Thread heart_;
  std::unique_ptr<runtime::BackgroundPool> pool_;
};

}  // namespace tarn::hooks
