// Requests of many threads that wait at the same time share a connection and its round trips, as
// the embedded database shares the sync of its log. Level 3; thread-safe.
//
// A few groups are under way at a time, each carried by one of the threads whose requests are in
// it; what comes meanwhile waits and is the next group. A request that nobody else accompanies is
// as quick as one by itself. A group begins after all of its requests have come, so that who reads
// sees what was acknowledged before.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/parker.h"
#include "base/sync.h"

namespace tarn::kv::postgres {

struct GroupLimits {
  int under_way = 4;
  size_t requests = 100;  ///< Of one group.
  size_t bytes = 1 << 20;
};

/// A Request has its results, too.
template <class Request>
class Groups {
 public:
  using CarryFn = std::function<void(std::vector<Request*>& group)>;

  Groups(const GroupLimits& limits, CarryFn carry) : limits_(limits), carry_(std::move(carry)) {}

  /// Has the request carried out, `bytes` large.
  void Do(Request& request, size_t bytes) {
    Waiter self{.request = &request, .bytes = bytes};
    {
      const MutexLock lock(mutex_);
      self.leads = under_way_ < limits_.under_way;
      if (self.leads) {
        ++under_way_;
      } else {
        waiting_.push_back(&self);
      }
    }
    if (!self.leads) {
      self.go_on.Park();
      if (!self.leads) return;
    }
    const std::vector<Waiter*> group = Take(self);
    std::vector<Request*> requests;
    for (const Waiter* const waiter : group) requests.push_back(waiter->request);
    carry_(requests);
    PassOn();
    for (Waiter* const waiter : group) {
      if (waiter != &self) waiter->go_on.Unpark();
    }
  }

 private:
  /// On the stack of the thread that waits.
  struct Waiter {
    Request* request;
    size_t bytes;
    bool leads = false;  ///< Its thread carries the next group.
    Parker go_on = {};
  };

  std::vector<Waiter*> Take(Waiter& leader) {
    std::vector<Waiter*> group = {&leader};
    size_t bytes = leader.bytes;
    const MutexLock lock(mutex_);
    while (!waiting_.empty() && group.size() < limits_.requests && bytes < limits_.bytes) {
      bytes += waiting_.front()->bytes;
      group.push_back(waiting_.front());
      waiting_.pop_front();
    }
    return group;
  }

  /// The place of a group that has ended goes to the next one.
  void PassOn() {
    Waiter* next = nullptr;
    {
      const MutexLock lock(mutex_);
      if (waiting_.empty()) {
        --under_way_;
      } else {
        next = waiting_.front();
        waiting_.pop_front();
        next->leads = true;
      }
    }
    if (next != nullptr) next->go_on.Unpark();
  }

  const GroupLimits limits_;
  const CarryFn carry_;
  Mutex mutex_;
  std::deque<Waiter*> waiting_ TARN_GUARDED_BY(mutex_);
  int under_way_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::kv::postgres
