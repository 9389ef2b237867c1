// Locks, waits and threads of everything below the servers: those of the standard library, or the
// simulation's when the thread has a Scheduler. Clang checks the annotations (preset asan).
// Level 0.
//
// A thread waits in a loop that looks at its condition (`while (!ready_) changed_.Wait(lock);`),
// for a wait may end early.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#include "base/scheduler.h"

#if defined(__clang__)
#define TARN_ANNOTATE(x) __attribute__((x))
#else
#define TARN_ANNOTATE(x)
#endif
/// The field is read and written under the mutex only.
#define TARN_GUARDED_BY(mutex) TARN_ANNOTATE(guarded_by(mutex))
/// The function is called with the mutex held.
#define TARN_REQUIRES(...) TARN_ANNOTATE(requires_capability(__VA_ARGS__))
/// The function is called without it, and takes it.
#define TARN_EXCLUDES(...) TARN_ANNOTATE(locks_excluded(__VA_ARGS__))

namespace tarn {

class TARN_ANNOTATE(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() TARN_ANNOTATE(acquire_capability()) {
    Scheduler* const scheduler = Scheduler::OfThisThread();
    if (scheduler == nullptr) [[likely]]
      return mutex_.lock();
    while (!mutex_.try_lock()) scheduler->WaitOn(this, -1);
  }
  void Unlock() TARN_ANNOTATE(release_capability()) {
    mutex_.unlock();
    if (Scheduler* const scheduler = Scheduler::OfThisThread()) [[unlikely]]
      scheduler->Wake(this);
  }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

/// Holds a mutex; may let it go in between.
class TARN_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) TARN_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() TARN_ANNOTATE(release_capability()) {
    if (held_) mutex_.Unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Unlock() TARN_ANNOTATE(release_capability()) {
    held_ = false;
    mutex_.Unlock();
  }
  void Lock() TARN_ANNOTATE(acquire_capability()) {
    mutex_.Lock();
    held_ = true;
  }

 private:
  friend class CondVar;
  Mutex& mutex_;
  bool held_ = true;
};

/// For many readers and few writers.
class TARN_ANNOTATE(capability("mutex")) SharedMutex {
 public:
  SharedMutex() = default;
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

  void Lock() TARN_ANNOTATE(acquire_capability()) {
    Scheduler* const scheduler = Scheduler::OfThisThread();
    if (scheduler == nullptr) [[likely]]
      return mutex_.lock();
    while (!mutex_.try_lock()) scheduler->WaitOn(this, -1);
  }
  void Unlock() TARN_ANNOTATE(release_capability()) {
    mutex_.unlock();
    WakeWaiters();
  }
  void LockShared() TARN_ANNOTATE(acquire_shared_capability()) {
    Scheduler* const scheduler = Scheduler::OfThisThread();
    if (scheduler == nullptr) [[likely]]
      return mutex_.lock_shared();
    while (!mutex_.try_lock_shared()) scheduler->WaitOn(this, -1);
  }
  void UnlockShared() TARN_ANNOTATE(release_shared_capability()) {
    mutex_.unlock_shared();
    WakeWaiters();
  }

 private:
  void WakeWaiters() {
    if (Scheduler* const scheduler = Scheduler::OfThisThread()) [[unlikely]]
      scheduler->Wake(this);
  }
  std::shared_mutex mutex_;
};

class TARN_ANNOTATE(scoped_lockable) WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) TARN_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~WriterLock() TARN_ANNOTATE(release_capability()) { mutex_.Unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class TARN_ANNOTATE(scoped_lockable) ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) TARN_ANNOTATE(acquire_shared_capability(mutex))
      : mutex_(mutex) {
    mutex_.LockShared();
  }
  ~ReaderLock() TARN_ANNOTATE(release_capability()) { mutex_.UnlockShared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class CondVar {
 public:
  /// Lets the mutex go, sleeps until notified (or earlier), and takes it again.
  void Wait(MutexLock& lock) { WaitFor(lock, -1); }
  /// The same, at most for `timeout_ms` if that is not negative. False if the time was over.
  bool WaitFor(MutexLock& lock, int64_t timeout_ms) TARN_ANNOTATE(no_thread_safety_analysis) {
    if (Scheduler* const scheduler = Scheduler::OfThisThread()) [[unlikely]] {
      lock.mutex_.Unlock();
      const bool woken = scheduler->WaitOn(this, timeout_ms);
      lock.mutex_.Lock();
      return woken;
    }
    std::unique_lock adopted(lock.mutex_.mutex_, std::adopt_lock);
    bool woken = true;
    if (timeout_ms < 0) {
      condition_.wait(adopted);
    } else {
      woken = condition_.wait_for(adopted, std::chrono::milliseconds(timeout_ms)) ==
              std::cv_status::no_timeout;
    }
    adopted.release();
    return woken;
  }
  void NotifyOne() {
    condition_.notify_one();
    WakeSimulated();
  }
  void NotifyAll() {
    condition_.notify_all();
    WakeSimulated();
  }

 private:
  void WakeSimulated() {
    if (Scheduler* const scheduler = Scheduler::OfThisThread()) [[unlikely]]
      scheduler->Wake(this);
  }
  std::condition_variable condition_;
};

/// The end of a wait that may consist of several.
class Deadline {
 public:
  explicit Deadline(int64_t timeout_ms) : end_ms_(NowMs() + timeout_ms) {}
  /// Not negative; 0 when it is reached.
  int64_t RemainingMs() const { return std::max<int64_t>(0, end_ms_ - NowMs()); }

 private:
  static int64_t NowMs();
  const int64_t end_ms_;
};

/// A thread; joined by its destructor.
class Thread {
 public:
  Thread() = default;
  /// `name`: at most 15 characters, for tools of the operating system.
  Thread(const std::string& name, std::function<void()> body);
  ~Thread() { Join(); }
  Thread(Thread&& other) noexcept { *this = std::move(other); }
  Thread& operator=(Thread&& other) noexcept;
  /// Waits for its end, if it was started and not joined yet.
  void Join();

 private:
  std::thread thread_;
  Scheduler* scheduler_ = nullptr;  // Of a simulated thread.
  uint64_t simulated_ = 0;
};

/// Waits for at least so long.
void SleepForUs(int64_t duration_us);

}  // namespace tarn
