#include "versioning/parallel.h"

#include <atomic>
#include <latch>
#include <memory>

namespace tarn::versioning {
namespace {

/// Shared because a helper that starts late outlives the call; it finds nothing left to do then.
struct Loop {
  Loop(size_t n, const std::function<void(size_t)>& f) : count(n), body(f), done(ptrdiff_t(n)) {}
  void Run() {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
      body(i);
      done.count_down();
    }
  }
  const size_t count;
  const std::function<void(size_t)> body;
  std::atomic<size_t> next = 0;
  std::latch done;
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
  loop->done.wait();
}

}  // namespace tarn::versioning
