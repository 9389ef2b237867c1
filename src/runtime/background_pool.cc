#include "runtime/background_pool.h"

#include <deque>
#include <map>
#include <vector>

#include "base/check.h"
#include "base/sync.h"

namespace tarn::runtime {

class BackgroundPool::Impl {
 public:
  explicit Impl(BackgroundPoolOptions options) : options_(std::move(options)) {
    TARN_CHECK(options_.threads > 0 && options_.running_per_owner_max > 0);
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

  Status Submit(std::string_view owner, std::function<void()> job, int64_t bytes) {
    {
      const MutexLock lock(mutex_);
      Held all, own;
      for (const Waiting& waiting : queue_) {
        all.Add(waiting.bytes);
        if (waiting.owner == owner) own.Add(waiting.bytes);
      }
      if (all.jobs >= options_.queue_max || own.jobs >= options_.queue_per_owner_max) {
        return {Code::kSlowDown, "too many jobs are waiting (" + options_.name + ")"};
      }
      const bool fits = all.bytes + bytes <= options_.queue_bytes_max &&
                        (own.jobs == 0 || own.bytes + bytes <= options_.queue_bytes_max / 2);
      if (!fits) return {Code::kSlowDown, "too large jobs are waiting (" + options_.name + ")"};
      queue_.push_back({std::string(owner), std::move(job), bytes});
    }
    changed_.NotifyOne();
    return {};
  }

 private:
  struct Waiting {
    std::string owner;
    std::function<void()> job;
    int64_t bytes = 0;
  };
  /// What some of the waiting jobs are together.
  struct Held {
    size_t jobs = 0;
    int64_t bytes = 0;
    void Add(int64_t more_bytes) {
      ++jobs;
      bytes += more_bytes;
    }
  };

  /// The first job that may run.
  std::deque<Waiting>::iterator Next() TARN_REQUIRES(mutex_) {
    auto next = queue_.begin();
    for (; next != queue_.end(); ++next) {
      const auto running = running_.find(next->owner);
      if (running == running_.end() || running->second < options_.running_per_owner_max) break;
    }
    return next;
  }

  void Work() {
    MutexLock lock(mutex_);
    for (;;) {
      const auto next = Next();
      if (next == queue_.end()) {
        if (stopping_ && queue_.empty()) return;
        changed_.Wait(lock);
        continue;
      }
      Waiting taken = std::move(*next);
      queue_.erase(next);
      ++running_[taken.owner];
      lock.Unlock();
      taken.job();
      taken.job = nullptr;  // What it holds is freed without the lock.
      lock.Lock();
      if (--running_[taken.owner] == 0) running_.erase(taken.owner);
      // The owner's place is free; at the end every thread must see that nothing is left.
      changed_.NotifyAll();
    }
  }

  const BackgroundPoolOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Waiting> queue_ TARN_GUARDED_BY(mutex_);
  /// By owner; those with none are not in it.
  std::map<std::string, int> running_ TARN_GUARDED_BY(mutex_);
  bool stopping_ TARN_GUARDED_BY(mutex_) = false;
  std::vector<Thread> threads_;
};

BackgroundPool::BackgroundPool(BackgroundPoolOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
BackgroundPool::~BackgroundPool() = default;
Status BackgroundPool::Submit(std::string_view owner, std::function<void()> job, int64_t bytes) {
  return impl_->Submit(owner, std::move(job), bytes);
}

}  // namespace tarn::runtime
