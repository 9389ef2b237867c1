// One io thread: readiness of descriptors, timers, and the bridge to worker pools.
//
// An IoLoop runs one asio::io_context on one thread; Asio stays inside io_loop.cc. Coroutines
// (task.h) live on the thread of one loop: every awaiter here resumes on it. Post, Resume and
// InThread are thread-safe; Watch and the awaiters belong to the loop's thread. Level 1.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/worker_pool.h"

namespace tarn::runtime {

/// Milliseconds of the monotonic clock, some milliseconds coarse but nearly free.
int64_t CoarseNowMs();

class IoLoop {
 public:
  explicit IoLoop(std::string name);
  /// REQUIRES Stop() or never started.
  ~IoLoop();

  /// Starts the thread. Signals are blocked on it, SIGPIPE too.
  void Start();
  /// Runs what was posted, then ends the thread. REQUIRES that no coroutine waits on this loop.
  void Stop();

  /// Runs `call` on the loop's thread, later.
  void Post(std::function<void()> call);
  /// Resumes a coroutine on the loop's thread, later.
  void Resume(std::coroutine_handle<> coroutine);
  /// Calls `call` on the loop's thread again and again until Stop. Before Start only.
  void Every(int64_t interval_ms, std::function<void()> call);
  bool InThread() const;

  struct Impl;
  Impl& impl() { return *impl_; }

  /// `co_await Yield()`: lets others on this loop run first.
  auto Yield() {
    struct Awaiter {
      IoLoop& loop;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> coroutine) { loop.Resume(coroutine); }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }
  /// `co_await Sleep(ms)`.
  auto Sleep(int64_t duration_ms) {
    struct Awaiter {
      IoLoop& loop;
      int64_t duration_ms;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> coroutine) {
        loop.ResumeAfter(duration_ms, coroutine);
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this, duration_ms};
  }

 private:
  void ResumeAfter(int64_t duration_ms, std::coroutine_handle<> coroutine);
  std::unique_ptr<Impl> impl_;
};

/// A descriptor whose readiness one loop watches; owns and closes it.
class Watch {
 public:
  enum class For : uint8_t { kRead, kWrite };

  Watch(IoLoop& loop, int file_descriptor);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// `co_await Until(For::kRead)`: true when the descriptor is ready (or failed: the next call on
  /// it tells), false when Cancel() ended the wait. One wait at a time.
  auto Until(For what) {
    struct Awaiter {
      Watch& watch;
      For what;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> coroutine) { watch.Wait(what, coroutine); }
      bool await_resume() const noexcept { return watch.ready_; }
    };
    return Awaiter{*this, what};
  }
  /// Ends the wait that is under way, if any.
  void Cancel();

 private:
  void Wait(For what, std::coroutine_handle<> coroutine);
  struct Impl;
  std::unique_ptr<Impl> impl_;
  bool ready_ = false;
};

/// `co_await Offload(pool, loop, call)`: runs call() on the pool and resumes on the loop. OK, or
/// kSlowDown (nothing ran) when the pool's queue is full. `call` is borrowed until then: name it
/// before the co_await; it must not throw. `lane` too: calls of one run one after the other.
template <class Call>
auto Offload(WorkerPool& pool, IoLoop& loop, Call& call, std::string_view lane = {}) {
  struct Awaiter {
    WorkerPool& pool;
    IoLoop& loop;
    Call& call;
    std::string_view lane;
    Status status;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      // The loop resumes the coroutine on this thread, so never before this function returned.
      status = pool.Submit(lane, [this, coroutine] {
        call();
        loop.Resume(coroutine);
      });
      return status.ok();
    }
    Status await_resume() { return std::move(status); }
  };
  return Awaiter{pool, loop, call, lane, Status()};
}

}  // namespace tarn::runtime
