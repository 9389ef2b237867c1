#include "base/sync.h"

#include <pthread.h>

#include <utility>

namespace tarn {

int64_t Deadline::NowMs() {
  if (Scheduler* const scheduler = Scheduler::OfThisThread()) return scheduler->NowMs();
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Thread::Thread(const std::string& name, std::function<void()> body)
    : scheduler_(Scheduler::OfThisThread()) {
  if (scheduler_ != nullptr) {
    simulated_ = scheduler_->Start(name, std::move(body));
    return;
  }
  thread_ = std::thread(std::move(body));
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

Thread& Thread::operator=(Thread&& other) noexcept {
  Join();
  thread_ = std::move(other.thread_);
  scheduler_ = std::exchange(other.scheduler_, nullptr);
  simulated_ = other.simulated_;
  return *this;
}

void Thread::Join() {
  if (thread_.joinable()) thread_.join();
  if (scheduler_ != nullptr) std::exchange(scheduler_, nullptr)->Join(simulated_);
}

void SleepForUs(int64_t duration_us) {
  if (Scheduler* const scheduler = Scheduler::OfThisThread()) {
    static const char kNobodyWakes = 0;
    while (scheduler->WaitOn(&kNobodyWakes, (duration_us + 999) / 1000)) {
    }
    return;
  }
  std::this_thread::sleep_for(std::chrono::microseconds(duration_us));
}

}  // namespace tarn
