#include "versioning/parallel.h"

#include <atomic>
#include <memory>

#include "base/sync.h"

namespace tarn::versioning {
namespace {

/// Shared because a helper that starts late outlives the call; it finds nothing left to do then.
struct Loop {
  Loop(size_t n, const std::function<void(size_t)>& f) : count(n), body(f) {}
  void Run() {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
      body(i);
      const MutexLock lock(mutex);
      if (++done == count) all_done.NotifyAll();
    }
  }
  void Wait() {
    MutexLock lock(mutex);
    while (done < count) all_done.Wait(lock);
  }
  const size_t count;
  const std::function<void(size_t)> body;
  std::atomic<size_t> next = 0;
  Mutex mutex;
  CondVar all_done;
  size_t done TARN_GUARDED_BY(mutex) = 0;
};

}  // namespace

void ParallelFor(runtime::WorkerPool& workers, size_t count,
                 const std::function<void(size_t)>& body) {
  const auto loop = std::make_shared<Loop>(count, body);
  for (size_t i = 1; i < count && i <= static_cast<size_t>(workers.threads()); ++i) {
    // A full queue only means less help.
    if (!workers.Submit([loop] { loop->Run(); }).ok()) break;
  }
  loop->Run();
  loop->Wait();
}

}  // namespace tarn::versioning
