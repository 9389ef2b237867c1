// The threads of a server, by class of work: one table says how many there are of each, and how
// much may wait. Which class an operation is, its row says (rest/contract, s3gw/operations).
// Level 9; thread-safe.
#pragma once

#include <array>
#include <memory>

#include "http/server.h"
#include "runtime/background_pool.h"
#include "runtime/worker_pool.h"

namespace tarn::server {

class Pools {
 public:
  Pools();

  runtime::WorkerPool& Of(http::Pool pool) { return *served_[static_cast<size_t>(pool)]; }
  http::ServerPools ForServer();
  /// One thread per core, for parallel parts of long work.
  runtime::WorkerPool& workers() { return workers_; }
  runtime::BackgroundPool& imports() { return imports_; }
  runtime::BackgroundPool& tasks() { return tasks_; }

 private:
  // The last one ends first: a class may use those before it, never those behind.
  runtime::WorkerPool workers_;
  std::array<std::unique_ptr<runtime::WorkerPool>, http::kPoolCount> served_;
  runtime::BackgroundPool tasks_, imports_;
};

}  // namespace tarn::server
