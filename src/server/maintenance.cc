#include "server/maintenance.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"

namespace tarn::server {
namespace {

int64_t NowMs() { return SystemClock().MonotonicMs(); }

}  // namespace

Maintenance::Maintenance(std::vector<PeriodicJob> jobs)
    : jobs_(std::move(jobs)), thread_("maintenance", [this] { Run(); }) {}

Maintenance::~Maintenance() {
  {
    const MutexLock lock(mutex_);
    stop_ = true;
  }
  wake_.NotifyAll();
  thread_.Join();
}

void Maintenance::Run() {
  std::vector<int64_t> due_ms(jobs_.size(), NowMs());
  MutexLock lock(mutex_);
  while (!stop_) {
    for (size_t i = 0; i < jobs_.size() && !stop_; ++i) {
      if (NowMs() < due_ms[i]) continue;
      lock.Unlock();
      if (const Status status = jobs_[i].run(); !status.ok()) {
        TARN_LOG_WARN("background job failed, will be tried again: {}: {}", jobs_[i].name,
                      status.ToString());
      }
      due_ms[i] = NowMs() + jobs_[i].period_ms;
      lock.Lock();
    }
    const int64_t next_ms = *std::min_element(due_ms.begin(), due_ms.end());
    if (!stop_) wake_.WaitFor(lock, std::max<int64_t>(0, next_ms - NowMs()));
  }
}

}  // namespace tarn::server
