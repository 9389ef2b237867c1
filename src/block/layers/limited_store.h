// Bounds how many calls of each kind are under way in a store at the same time; more wait for one
// to end. A call waits for nothing else while it holds a place, so places are always given back.
// Level 3; thread-safe.
#pragma once

#include <array>
#include <memory>

#include "base/blocking.h"
#include "base/sync.h"
#include "block/layers/intercepted_store.h"

namespace tarn::block {

/// By Operation; 0: no limit.
using OperationLimits = std::array<int, kOperationCount>;

class OperationLimiter {
 public:
  explicit OperationLimiter(const OperationLimits& limits) : limits_(limits) {}

  /// On a thread that must not wait: kWouldBlock if no place is free.
  template <class Function>
  auto Call(Operation operation, Function&& function) -> decltype(function()) {
    const auto kind = static_cast<size_t>(operation);
    if (limits_[kind] == 0) return function();
    TARN_TRY(Enter(kind));
    auto answer = function();
    Leave(kind);
    return answer;
  }

 private:
  Status Enter(size_t kind) {
    MutexLock lock(mutex_);
    while (running_[kind] >= limits_[kind]) {
      TARN_TRY(RequireBlocking());
      left_[kind].Wait(lock);
    }
    ++running_[kind];
    return {};
  }
  void Leave(size_t kind) {
    {
      const MutexLock lock(mutex_);
      --running_[kind];
    }
    left_[kind].NotifyOne();
  }

  const OperationLimits limits_;
  Mutex mutex_;
  std::array<CondVar, kOperationCount> left_;
  std::array<int, kOperationCount> running_ TARN_GUARDED_BY(mutex_) = {};
};

class LimitedStore final : private OperationLimiter, public InterceptedStore<OperationLimiter> {
 public:
  LimitedStore(std::unique_ptr<ObjectStore> under, const OperationLimits& limits)
      : OperationLimiter(limits),
        InterceptedStore(std::move(under), static_cast<OperationLimiter&>(*this)) {}
};

}  // namespace tarn::block
