// What decides which thread runs next: the operating system, or in a simulation this interface.
//
// Locks, waits, sleeps and threads of the core (base/sync.h) ask the scheduler of their thread, if
// it has one; so a simulation runs the whole core with one thread at a time, in an order that a
// seed decides, in a time of its own. Level 0.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace tarn {

/// All methods are for threads of this scheduler.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// The scheduler of the calling thread; null for the operating system's.
  static Scheduler* OfThisThread() { return of_this_thread_; }

  /// Lets other threads run, perhaps.
  virtual void Yield() = 0;
  /// Sleeps until Wake of the same address, or for `timeout_ms` if that is not negative. False if
  /// the time was over. May also return early.
  virtual bool WaitOn(const void* address, int64_t timeout_ms) = 0;
  /// Wakes all threads that wait on the address; does not let them run yet.
  virtual void Wake(const void* address) = 0;
  /// Milliseconds of a time that only goes forward.
  virtual int64_t NowMs() = 0;
  /// Starts a thread and gives its handle.
  virtual uint64_t Start(const std::string& name, std::function<void()> body) = 0;
  /// Waits for the end of a thread, once for each.
  virtual void Join(uint64_t thread) = 0;

 protected:
  static void Adopt(Scheduler* scheduler) { of_this_thread_ = scheduler; }

 private:
  static inline thread_local Scheduler* of_this_thread_ = nullptr;
};

}  // namespace tarn
