// Tells a sink of every call of a store: that it has begun, how long it took and how it ended.
// Failures say for the log which operation they are of. Level 3; thread-safe.
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "block/layers/intercepted_store.h"

namespace tarn::block {

/// Thread-safe; is called on the path of every request, so it does not wait.
class OperationSink {
 public:
  virtual ~OperationSink() = default;
  virtual void Began(Operation operation) = 0;
  /// kWouldBlock: nothing was done, the call will be made again elsewhere.
  virtual void Ended(Operation operation, Code code, int64_t duration_us) = 0;
};

class OperationMeter {
 public:
  OperationMeter(OperationSink& sink, Clock& clock) : sink_(sink), clock_(clock) {}

  template <class Function>
  auto Call(Operation operation, Function&& function) -> decltype(function()) {
    const int64_t began_us = clock_.MonotonicUs();
    sink_.Began(operation);
    auto answer = function();
    sink_.Ended(operation, answer.code(), clock_.MonotonicUs() - began_us);
    if (answer.ok()) return answer;
    return ToStatus(std::move(answer)).With("operation", NameOf(operation));
  }

 private:
  OperationSink& sink_;
  Clock& clock_;
};

class MeteredStore final : private OperationMeter, public InterceptedStore<OperationMeter> {
 public:
  /// Sink and clock outlive the store.
  MeteredStore(std::unique_ptr<ObjectStore> under, OperationSink& sink, Clock& clock)
      : OperationMeter(sink, clock),
        InterceptedStore(std::move(under), static_cast<OperationMeter&>(*this)) {}
};

}  // namespace tarn::block
