// A fixed number of jobs at a time and a bounded queue of more. Jobs of one lane run one after the
// other, and a job that waits for something outside the pool lets others have its place meanwhile.
// Level 1; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::runtime {

struct WorkerPoolOptions {
  std::string name;         ///< Thread name, at most 15 characters.
  int threads = 2;          ///< Jobs at the same time.
  size_t queue_max = 1024;  ///< Jobs waiting, those of lanes too; more are refused.
  size_t queue_per_lane_max = 1024;
  int aside_max = 0;  ///< Jobs that stand aside at the same time; each may cost a thread more.
};

class WorkerPool {
 public:
  explicit WorkerPool(WorkerPoolOptions options);
  /// Waits for running jobs; queued ones are run too.
  ~WorkerPool();
  /// Queues a job; kSlowDown, with a sentence, when the queue is full. Jobs must not throw. Code
  /// inside a pool must not wait for another job of the same pool, unless it stands aside.
  Status Submit(std::function<void()> job) { return Submit({}, std::move(job)); }
  /// The same, behind all jobs of that lane that were submitted before: whatever their number, they
  /// take one thread. An empty lane is none.
  Status Submit(std::string_view lane, std::function<void()> job);
  int threads() const;
  const std::string& name() const;

 private:
  friend class StandAside;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// While it lives, the job of this thread waits for something outside its pool (another job, a
/// hook): its place is free for other jobs. Afterwards the job goes on at once, even if that makes
/// one too many for a while. Within another one, or on a thread of no pool, it does nothing.
class StandAside {
 public:
  enum class Lane : uint8_t {
    kKeep,   ///< The next job of the lane goes on waiting.
    kLeave,  ///< It may run, from here on.
  };
  explicit StandAside(Lane lane);
  ~StandAside();
  StandAside(const StandAside&) = delete;
  StandAside& operator=(const StandAside&) = delete;

  /// False if too many stand aside already: this job keeps its place, and its lane.
  bool granted() const { return granted_; }

 private:
  bool granted_ = true;
  bool aside_ = false;  ///< The place was given up here.
};

}  // namespace tarn::runtime
