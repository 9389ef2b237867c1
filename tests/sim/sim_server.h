// One server of a simulated installation: its own core over stores that it shares. Dies at any
// call.
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "block/object_store.h"
#include "committed/store.h"
#include "fate.h"
#include "kv/store.h"
#include "refs/store.h"
#include "runtime/worker_pool.h"
#include "shared_stores.h"
#include "sst/table_store.h"
#include "staging/store.h"
#include "versioning/context.h"

namespace tarn::sim {

/// Ranges of about five records, so that small trees have several.
inline constexpr sst::BreakRule kSmallRanges{0, 1u << 20, 5};

class SimServer {
 public:
  /// The stores outlive it. Made, used and destroyed by threads of the simulation.
  SimServer(SeededScheduler& scheduler, kv::Store& shared_kv, block::ObjectStore& shared_objects,
            uint64_t seed, FaultRates rates)
      : fate(scheduler, rates),
        clock(scheduler),
        random(SeededRandom(seed)),
        kv(shared_kv, fate),
        objects(shared_objects, fate),
        tables(objects, {}),
        refs(kv, clock, *random, {.repository_cache_ms = 0}),
        staging(kv, clock, {}),
        workers({.name = "workers", .threads = 2}),
        committed(tables, kSmallRanges),
        xids(clock, *random),
        context{kv, refs, staging, committed, objects, nullptr, workers, clock, *random, xids, {}} {
  }

  Fate fate;
  SimClock clock;
  const std::unique_ptr<Random> random;
  SharedKv kv;
  SharedObjects objects;
  sst::TableStore tables;
  refs::Store refs;
  staging::Store staging;
  runtime::WorkerPool workers;
  committed::Store committed;
  XidGenerator xids;
  versioning::Context context;
};

}  // namespace tarn::sim
