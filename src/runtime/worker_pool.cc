#include "runtime/worker_pool.h"

#include <deque>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/sync.h"

namespace tarn::runtime {

class WorkerPool::Impl {
 public:
  explicit Impl(WorkerPoolOptions options) : options_(std::move(options)) {
    TARN_CHECK(options_.threads > 0);
    const MutexLock lock(mutex_);
    StartThread();  // The others start when there is work for them.
  }

  ~Impl() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.NotifyAll();
    // A job that stands aside meanwhile may need another thread for those behind it.
    for (;;) {
      std::vector<Thread> threads;
      {
        const MutexLock lock(mutex_);
        threads = std::exchange(threads_, {});
      }
      if (threads.empty()) return;
      for (Thread& thread : threads) thread.Join();
    }
  }

  Status Submit(std::string_view lane, std::function<void()> job) {
    bool wake;
    {
      const MutexLock lock(mutex_);
      if (queue_.size() + in_lanes_ >= options_.queue_max) return TooMany();
      if (lane.empty()) {
        queue_.push_back({std::move(job), nullptr});
      } else {
        const auto [found, fresh] = lanes_.try_emplace(std::string(lane));
        std::deque<std::function<void()>>& behind = found->second;
        if (fresh) {
          queue_.push_back({std::move(job), &*found});
        } else {
          if (behind.size() >= options_.queue_per_lane_max) return TooMany();
          behind.push_back(std::move(job));
          ++in_lanes_;
        }
      }
      wake = MustWake();
    }
    if (wake) changed_.NotifyOne();
    return {};
  }

  const WorkerPoolOptions& options() const { return options_; }

  /// The place of the job that runs on this thread.
  struct Place;
  static thread_local Place* of_this_thread;

  /// Gives the place away; false if too many have done so.
  bool Leave(Place& place, StandAside::Lane lane);
  void Return(Place& place);

 private:
  /// A lane that has a job in the queue or running, and those that wait behind it.
  using Lanes = std::map<std::string, std::deque<std::function<void()>>, std::less<>>;
  using Lane = Lanes::value_type;
  struct Job {
    std::function<void()> run;
    Lane* lane = nullptr;  ///< None for a job without.
  };

  Status TooMany() const {
    return {Code::kSlowDown, "too many requests are waiting (" + options_.name + ")"};
  }

  /// Whether a thread must be told of a job; starts one if none waits and there may be more.
  /// One is woken at a time, and wakes the next if it finds more to do: a burst of short jobs does
  /// not start every thread.
  bool MustWake() TARN_REQUIRES(mutex_) {
    if (queue_.empty() || busy_ >= options_.threads || waking_) return false;
    if (idle_ == 0) {
      if (live_ < options_.threads + aside_) StartThread();
      return false;
    }
    waking_ = true;
    return true;
  }

  void StartThread() TARN_REQUIRES(mutex_) {
    try {
      threads_.emplace_back(options_.name, [this] { Work(); });
      ++live_;
      waking_ = true;
    } catch (const std::system_error&) {
      // The system has none left. Those that there are do the work, later.
      TARN_CHECK(live_ > 0);
    }
  }

  /// The lane's next job may run.
  void EndLane(Lane* lane) TARN_REQUIRES(mutex_) {
    if (lane == nullptr) return;
    if (lane->second.empty()) {
      lanes_.erase(lane->first);
      return;
    }
    queue_.push_back({std::move(lane->second.front()), lane});
    lane->second.pop_front();
    --in_lanes_;
  }

  void Work();

  const WorkerPoolOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Job> queue_ TARN_GUARDED_BY(mutex_);
  Lanes lanes_ TARN_GUARDED_BY(mutex_);
  size_t in_lanes_ TARN_GUARDED_BY(mutex_) = 0;  ///< Jobs behind others of their lane.
  int busy_ TARN_GUARDED_BY(mutex_) = 0;         ///< Jobs that run and do not stand aside.
  int aside_ TARN_GUARDED_BY(mutex_) = 0;
  int live_ TARN_GUARDED_BY(mutex_) = 0;  ///< Threads that have not ended.
  int idle_ TARN_GUARDED_BY(mutex_) = 0;  ///< Those that wait.
  /// One of them was told to wake up, or a new one started, and has not yet looked.
  bool waking_ TARN_GUARDED_BY(mutex_) = false;
  bool stopping_ TARN_GUARDED_BY(mutex_) = false;
  std::vector<Thread> threads_ TARN_GUARDED_BY(mutex_);
};

struct WorkerPool::Impl::Place {
  Impl* pool;
  Lane* lane;  ///< That the job holds; none after it has left it.
  bool aside = false;
};

thread_local WorkerPool::Impl::Place* WorkerPool::Impl::of_this_thread = nullptr;

void WorkerPool::Impl::Work() {
  MutexLock lock(mutex_);
  waking_ = false;
  for (;;) {
    while (queue_.empty() || busy_ >= options_.threads) {
      if (stopping_ && queue_.empty()) {
        --live_;
        changed_.NotifyAll();  // Others may wait for a place that nobody needs any more.
        return;
      }
      ++idle_;
      changed_.Wait(lock);
      --idle_;
      waking_ = false;
    }
    Job job = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    const bool wake = MustWake();
    lock.Unlock();
    if (wake) changed_.NotifyOne();
    Place place{this, job.lane};
    of_this_thread = &place;
    job.run();
    job.run = nullptr;  // What it holds is freed without the lock.
    of_this_thread = nullptr;
    lock.Lock();
    --busy_;
    EndLane(place.lane);
  }
}

bool WorkerPool::Impl::Leave(Place& place, StandAside::Lane lane) {
  bool wake;
  {
    const MutexLock lock(mutex_);
    if (aside_ >= options_.aside_max) return false;
    ++aside_;
    --busy_;
    if (lane == StandAside::Lane::kLeave) EndLane(std::exchange(place.lane, nullptr));
    wake = MustWake();
  }
  place.aside = true;
  if (wake) changed_.NotifyOne();
  return true;
}

void WorkerPool::Impl::Return(Place& place) {
  place.aside = false;
  const MutexLock lock(mutex_);
  --aside_;
  ++busy_;
}

WorkerPool::WorkerPool(WorkerPoolOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
WorkerPool::~WorkerPool() = default;
Status WorkerPool::Submit(std::string_view lane, std::function<void()> job) {
  return impl_->Submit(lane, std::move(job));
}
int WorkerPool::threads() const { return impl_->options().threads; }
const std::string& WorkerPool::name() const { return impl_->options().name; }

StandAside::StandAside(Lane lane) {
  auto* const place = WorkerPool::Impl::of_this_thread;
  if (place == nullptr || place->aside) return;
  granted_ = aside_ = place->pool->Leave(*place, lane);
}

StandAside::~StandAside() {
  if (!aside_) return;
  auto* const place = WorkerPool::Impl::of_this_thread;
  place->pool->Return(*place);
}

}  // namespace tarn::runtime
