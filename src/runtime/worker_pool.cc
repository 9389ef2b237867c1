#include "runtime/worker_pool.h"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace tarn::runtime {

class WorkerPool::Impl {
 public:
  explicit Impl(WorkerPoolOptions options) : options_(std::move(options)) {
    TARN_CHECK(options_.threads > 0);
    for (int i = 0; i < options_.threads; ++i) {
      threads_.emplace_back([this] { Work(); });
      pthread_setname_np(threads_.back().native_handle(), options_.name.substr(0, 15).c_str());
    }
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  Status Submit(std::function<void()> job) {
    bool wake;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() >= options_.queue_max) {
        return {Code::kSlowDown, "too many requests are waiting (" + options_.name + ")"};
      }
      queue_.push_back(std::move(job));
      wake = MustWake();
    }
    if (wake) changed_.notify_one();
    return {};
  }

  const WorkerPoolOptions& options() const { return options_; }

 private:
  /// One thread is woken at a time, and wakes the next if it finds more to do: a burst of short
  /// jobs does not start every thread. REQUIRES mutex_ and a job in the queue.
  bool MustWake() {
    if (idle_ == 0 || waking_) return false;
    waking_ = true;
    return true;
  }

  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      while (queue_.empty()) {
        if (stopping_) return;
        ++idle_;
        changed_.wait(lock);
        --idle_;
        waking_ = false;
      }
      std::function<void()> job = std::move(queue_.front());
      queue_.pop_front();
      const bool wake = !queue_.empty() && MustWake();
      lock.unlock();
      if (wake) changed_.notify_one();
      job();
      job = nullptr;  // What it holds is freed without the lock.
      lock.lock();
    }
  }

  const WorkerPoolOptions options_;
  std::mutex mutex_;  ///< Guards all below but the threads.
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  int idle_ = 0;         ///< Threads that wait.
  bool waking_ = false;  ///< One of them was told to wake up and has not yet looked.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

WorkerPool::WorkerPool(WorkerPoolOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
WorkerPool::~WorkerPool() = default;
Status WorkerPool::Submit(std::function<void()> job) { return impl_->Submit(std::move(job)); }
int WorkerPool::threads() const { return impl_->options().threads; }
const std::string& WorkerPool::name() const { return impl_->options().name; }

}  // namespace tarn::runtime
