#include "runtime/worker_pool.h"

#include <deque>
#include <vector>

#include "base/check.h"
#include "base/sync.h"

namespace tarn::runtime {

class WorkerPool::Impl {
 public:
  explicit Impl(WorkerPoolOptions options) : options_(std::move(options)) {
    TARN_CHECK(options_.threads > 0);
    for (int i = 0; i < options_.threads; ++i) {
      threads_.emplace_back(options_.name, [this] { Work(); });
    }
  }

  ~Impl() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.NotifyAll();
    for (Thread& thread : threads_) thread.Join();
  }

  Status Submit(std::function<void()> job) {
    bool wake;
    {
      const MutexLock lock(mutex_);
      if (queue_.size() >= options_.queue_max) {
        return {Code::kSlowDown, "too many requests are waiting (" + options_.name + ")"};
      }
      queue_.push_back(std::move(job));
      wake = MustWake();
    }
    if (wake) changed_.NotifyOne();
    return {};
  }

  const WorkerPoolOptions& options() const { return options_; }

 private:
  /// One thread is woken at a time, and wakes the next if it finds more to do: a burst of short
  /// jobs does not start every thread. Requires a job in the queue.
  bool MustWake() TARN_REQUIRES(mutex_) {
    if (idle_ == 0 || waking_) return false;
    waking_ = true;
    return true;
  }

  void Work() {
    MutexLock lock(mutex_);
    for (;;) {
      while (queue_.empty()) {
        if (stopping_) return;
        ++idle_;
        changed_.Wait(lock);
        --idle_;
        waking_ = false;
      }
      std::function<void()> job = std::move(queue_.front());
      queue_.pop_front();
      const bool wake = !queue_.empty() && MustWake();
      lock.Unlock();
      if (wake) changed_.NotifyOne();
      job();
      job = nullptr;  // What it holds is freed without the lock.
      lock.Lock();
    }
  }

  const WorkerPoolOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ TARN_GUARDED_BY(mutex_);
  int idle_ TARN_GUARDED_BY(mutex_) = 0;  ///< Threads that wait.
  /// One of them was told to wake up and has not yet looked.
  bool waking_ TARN_GUARDED_BY(mutex_) = false;
  bool stopping_ TARN_GUARDED_BY(mutex_) = false;
  std::vector<Thread> threads_;
};

WorkerPool::WorkerPool(WorkerPoolOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
WorkerPool::~WorkerPool() = default;
Status WorkerPool::Submit(std::function<void()> job) { return impl_->Submit(std::move(job)); }
int WorkerPool::threads() const { return impl_->options().threads; }
const std::string& WorkerPool::name() const { return impl_->options().name; }

}  // namespace tarn::runtime
