// A scheduler whose every decision comes from a seed: one thread runs at a time, and at each point
// where others may run the next one is drawn. Time stands still while a thread can run, and jumps
// to the next time-out when none can. The same seed gives the same run.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/scheduler.h"

namespace tarn::sim {

class SeededScheduler final : public Scheduler {
 public:
  explicit SeededScheduler(uint64_t seed) : random_(seed) {}
  ~SeededScheduler() override;

  /// Runs `body` as the first thread, and returns when it and all that it started have ended. Ends
  /// the process with the list of threads when all wait for ever. From an ordinary thread, once.
  void Run(std::function<void()> body);

  void Yield() override;
  bool WaitOn(const void* address, int64_t timeout_ms) override;
  void Wake(const void* address) override;
  int64_t NowMs() override { return now_ms_; }
  uint64_t Start(const std::string& name, std::function<void()> body) override;
  void Join(uint64_t thread) override;

  /// Decisions made so far, and a digest of them: equal in equal runs.
  uint64_t steps() const { return steps_; }
  uint64_t digest() const { return digest_; }
  /// A number below `n`; for what else chance decides in a run.
  uint64_t Draw(uint64_t n) { return std::uniform_int_distribution<uint64_t>(0, n - 1)(random_); }

 private:
  struct SimThread {
    std::string name;
    std::thread os;
    std::condition_variable go;
    bool waiting = false;  // On `address`, or for its turn if false.
    const void* address = nullptr;
    int64_t deadline_ms = -1;  // Of a wait; negative: none.
    bool timed_out = false;
    bool ended = false;
  };

  // All with mutex_ held.
  SimThread* PickNext();
  void HandOver(std::unique_lock<std::mutex>& lock, SimThread* self);
  [[noreturn]] void AllWaitForEver() const;

  std::mutex mutex_;
  std::condition_variable finished_;
  std::map<uint64_t, std::unique_ptr<SimThread>> threads_;
  SimThread* running_ = nullptr;
  uint64_t next_id_ = 1;
  std::mt19937_64 random_;
  int64_t now_ms_ = 0;
  uint64_t steps_ = 0, digest_ = 0;
};

/// The scheduler's time as a Clock; the wall clock begins in 2026.
class SimClock final : public Clock {
 public:
  explicit SimClock(SeededScheduler& scheduler) : scheduler_(scheduler) {}
  Timestamp Now() override {
    const int64_t ms = scheduler_.NowMs();
    return {1'770'000'000 + ms / 1000, static_cast<int32_t>(ms % 1000) * 1'000'000};
  }
  int64_t MonotonicMs() override { return scheduler_.NowMs(); }

 private:
  SeededScheduler& scheduler_;
};

}  // namespace tarn::sim
