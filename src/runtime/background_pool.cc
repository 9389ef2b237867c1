#include "runtime/background_pool.h"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"

namespace tarn::runtime {

class BackgroundPool::Impl {
 public:
  explicit Impl(BackgroundPoolOptions options) : options_(std::move(options)) {
    TARN_CHECK(options_.threads > 0 && options_.running_per_owner_max > 0);
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

  Status Submit(std::string_view owner, std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      const auto of_owner = static_cast<size_t>(
          std::count_if(queue_.begin(), queue_.end(),
                        [&](const Waiting& waiting) { return waiting.owner == owner; }));
      if (queue_.size() >= options_.queue_max || of_owner >= options_.queue_per_owner_max) {
        return {Code::kSlowDown, "too many jobs are waiting (" + options_.name + ")"};
      }
      queue_.push_back({std::string(owner), std::move(job)});
    }
    changed_.notify_one();
    return {};
  }

 private:
  struct Waiting {
    std::string owner;
    std::function<void()> job;
  };

  /// The first job that may run. REQUIRES mutex_.
  std::deque<Waiting>::iterator Next() {
    return std::find_if(queue_.begin(), queue_.end(), [this](const Waiting& waiting) {
      const auto running = running_.find(waiting.owner);
      return running == running_.end() || running->second < options_.running_per_owner_max;
    });
  }

  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto next = Next();
      if (next == queue_.end()) {
        if (stopping_ && queue_.empty()) return;
        changed_.wait(lock);
        continue;
      }
      Waiting taken = std::move(*next);
      queue_.erase(next);
      ++running_[taken.owner];
      lock.unlock();
      taken.job();
      taken.job = nullptr;  // What it holds is freed without the lock.
      lock.lock();
      if (--running_[taken.owner] == 0) running_.erase(taken.owner);
      // The owner's place is free; at the end every thread must see that nothing is left.
      changed_.notify_all();
    }
  }

  const BackgroundPoolOptions options_;
  std::mutex mutex_;  ///< Guards all below but the threads.
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  std::map<std::string, int> running_;  ///< By owner; those with none are not in it.
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

BackgroundPool::BackgroundPool(BackgroundPoolOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
BackgroundPool::~BackgroundPool() = default;
Status BackgroundPool::Submit(std::string_view owner, std::function<void()> job) {
  return impl_->Submit(owner, std::move(job));
}

}  // namespace tarn::runtime
