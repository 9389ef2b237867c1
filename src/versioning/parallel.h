// A loop over the worker pool. Level 6, thread-safe.
#pragma once

#include <cstddef>
#include <functional>

#include "runtime/worker_pool.h"

namespace tarn::versioning {

/// Calls `body` for 0 .. count-1, on the caller's thread and on free workers, and returns when all
/// calls have. `body` must be thread-safe. Not for callers that run on `workers` themselves.
void ParallelFor(runtime::WorkerPool& workers, size_t count,
                 const std::function<void(size_t)>& body);

}  // namespace tarn::versioning
