#include "seeded_scheduler.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/check.h"
#include "coverage.h"

namespace tarn::sim {
namespace {

thread_local void* this_thread = nullptr;  // Its SimThread.

}  // namespace

SeededScheduler::~SeededScheduler() {
  for (auto& [id, thread] : threads_) {
    if (thread->os.joinable()) thread->os.join();
  }
}

void SeededScheduler::Run(std::function<void()> body) {
  const uint64_t first = Start("first", std::move(body));
  std::unique_lock lock(mutex_);
  running_ = PickNext();
  running_->go.notify_one();
  finished_.wait(lock, [&] {
    for (const auto& [id, thread] : threads_) {
      if (!thread->ended) return false;
    }
    return true;
  });
  lock.unlock();
  const auto found = threads_.find(first);
  if (found != threads_.end() && found->second->os.joinable()) found->second->os.join();
}

uint64_t SeededScheduler::Start(const std::string& name, std::function<void()> body) {
  std::unique_lock lock(mutex_);
  const uint64_t id = next_id_++;
  SimThread* const thread = threads_.emplace(id, std::make_unique<SimThread>()).first->second.get();
  thread->name = name;
  thread->os = std::thread([this, thread, run = std::move(body)]() mutable {
    this_thread = thread;
    Adopt(this);
    VerbScope::current_ = thread->name.c_str();
    {
      std::unique_lock turn(mutex_);
      thread->go.wait(turn, [&] { return running_ == thread; });
    }
    run();
    run = nullptr;  // What it holds goes while the thread still has its turn.
    std::unique_lock end(mutex_);
    thread->ended = true;
    for (auto& [other_id, other] : threads_) {
      if (other->waiting && other->address == thread) other->waiting = false;
    }
    running_ = PickNext();
    if (running_ != nullptr) {
      running_->go.notify_one();
    } else {
      finished_.notify_one();
    }
  });
  return id;
}

void SeededScheduler::Join(uint64_t id) {
  std::unique_lock lock(mutex_);
  const auto found = threads_.find(id);
  TARN_CHECK(found != threads_.end());
  SimThread* const thread = found->second.get();
  SimThread* const self = static_cast<SimThread*>(this_thread);
  while (!thread->ended) {
    self->waiting = true;
    self->address = thread;
    self->deadline_ms = -1;
    HandOver(lock, self);
  }
  std::thread os = std::move(thread->os);
  threads_.erase(found);
  lock.unlock();
  os.join();  // It has given its turn away already.
}

void SeededScheduler::Yield() {
  std::unique_lock lock(mutex_);
  HandOver(lock, static_cast<SimThread*>(this_thread));
}

bool SeededScheduler::WaitOn(const void* address, int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  SimThread* const self = static_cast<SimThread*>(this_thread);
  self->waiting = true;
  self->address = address;
  self->deadline_ms = timeout_ms < 0 ? -1 : now_ms_ + timeout_ms;
  self->timed_out = false;
  HandOver(lock, self);
  return !self->timed_out;
}

void SeededScheduler::Wake(const void* address) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, thread] : threads_) {
    if (thread->waiting && thread->address == address) thread->waiting = false;
  }
}

SeededScheduler::SimThread* SeededScheduler::PickNext() {
  std::vector<std::pair<uint64_t, SimThread*>> ready;
  bool any = false;
  while (ready.empty()) {
    int64_t next_ms = -1;
    any = false;
    for (auto& [id, thread] : threads_) {
      if (thread->ended) continue;
      any = true;
      if (!thread->waiting) {
        ready.emplace_back(id, thread.get());
      } else if (thread->deadline_ms >= 0 && (next_ms < 0 || thread->deadline_ms < next_ms)) {
        next_ms = thread->deadline_ms;
      }
    }
    if (!any) return nullptr;
    if (!ready.empty()) break;
    if (next_ms < 0) AllWaitForEver();
    now_ms_ = std::max(now_ms_, next_ms);
    for (auto& [id, thread] : threads_) {
      if (!thread->waiting || thread->deadline_ms < 0 || thread->deadline_ms > now_ms_) continue;
      thread->waiting = false;
      thread->timed_out = true;
    }
  }
  const auto& [id, thread] = ready[Draw(ready.size())];
  ++steps_;
  digest_ = (digest_ ^ id) * 0x100000001b3;
  return thread;
}

// Gives the turn to the next thread and waits for it to come back.
void SeededScheduler::HandOver(std::unique_lock<std::mutex>& lock, SimThread* self) {
  running_ = PickNext();
  if (running_ == self) return;
  running_->go.notify_one();
  self->go.wait(lock, [&] { return running_ == self; });
}

void SeededScheduler::AllWaitForEver() const {
  std::fprintf(stderr, "simulation: all threads wait for ever\n");
  for (const auto& [id, thread] : threads_) {
    if (!thread->ended) std::fprintf(stderr, "  thread %s\n", thread->name.c_str());
  }
  std::abort();
}

}  // namespace tarn::sim
