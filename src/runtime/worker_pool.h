// A fixed number of threads and a bounded queue of jobs. Level 1; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace tarn::runtime {

struct WorkerPoolOptions {
  std::string name;  ///< Thread name, at most 15 characters.
  int threads = 2;
  size_t queue_max = 1024;  ///< Jobs waiting; more are refused.
};

class WorkerPool {
 public:
  explicit WorkerPool(WorkerPoolOptions options);
  /// Waits for running jobs; queued ones are run too.
  ~WorkerPool();
  /// Queues a job; kSlowDown when the queue is full. Jobs must not throw. Code inside a pool must
  /// not wait for another job of the same pool.
  Status Submit(std::function<void()> job);
  int threads() const;
  const std::string& name() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::runtime
