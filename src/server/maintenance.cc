#include "server/maintenance.h"

#include <pthread.h>

#include <algorithm>

#include "base/log.h"

namespace tarn::server {

Maintenance::Maintenance(std::vector<PeriodicJob> jobs)
    : jobs_(std::move(jobs)), thread_([this] { Run(); }) {}

Maintenance::~Maintenance() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Maintenance::Run() {
  ::pthread_setname_np(::pthread_self(), "maintenance");
  using Clock = std::chrono::steady_clock;
  std::vector<Clock::time_point> due(jobs_.size(), Clock::now());
  std::unique_lock lock(mutex_);
  while (!stop_) {
    for (size_t i = 0; i < jobs_.size() && !stop_; ++i) {
      if (Clock::now() < due[i]) continue;
      lock.unlock();
      if (const Status status = jobs_[i].run(); !status.ok()) {
        TARN_LOG_WARN("background job failed, will be tried again: {}: {}", jobs_[i].name,
                      status.ToString());
      }
      due[i] = Clock::now() + std::chrono::milliseconds(jobs_[i].period_ms);
      lock.lock();
    }
    wake_.wait_until(lock, *std::min_element(due.begin(), due.end()), [this] { return stop_; });
  }
}

}  // namespace tarn::server
