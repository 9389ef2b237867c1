// One server of a simulated installation: its own core over stores that it shares. Dies at any
// call.
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "catalog/catalog.h"
#include "catalog/multipart.h"
#include "committed/store.h"
#include "fate.h"
#include "kv/store.h"
#include "refs/store.h"
#include "runtime/background_pool.h"
#include "runtime/worker_pool.h"
#include "shared_stores.h"
#include "sst/table_store.h"
#include "staging/store.h"
#include "versioning/context.h"
#include "versioning/jobs/job_engine.h"

namespace tarn::sim {

/// Ranges of about five records, so that small trees have several.
inline constexpr sst::BreakRule kSmallRanges{0, 1u << 20, 5};

/// Hooks of which some fail, after a while.
class SimHooks final : public versioning::HookFinder, public versioning::HookRunner {
 public:
  SimHooks(SeededScheduler& scheduler, Fate& fate) : scheduler_(scheduler), fate_(fate) {}
  versioning::HookRunner* Find(const refs::Repository&, versioning::HookEvent) override {
    return fate_.rates().hook_refuses == 0 ? nullptr : this;
  }
  Status Run(const versioning::HookCall&) override {
    const Status ran = fate_.Call(CallKind::kHook, [] { return Status(); });
    if (ran.ok()) return ran;
    SleepForUs(static_cast<int64_t>(scheduler_.Draw(3'000'000)));
    return {Code::kHookFailed, std::string(ran.message())};
  }

 private:
  SeededScheduler& scheduler_;
  Fate& fate_;
};

class SimServer {
 public:
  /// The stores outlive it. Made, used and destroyed by threads of the simulation.
  SimServer(SeededScheduler& scheduler, kv::Store& shared_kv, VolatileObjects& shared_objects,
            uint64_t seed, int64_t repository_cache_ms, const Fate& its_fate)
      : fate(its_fate),
        clock(scheduler),
        random(SeededRandom(seed)),
        kv(shared_kv, fate),
        objects(shared_objects, fate),
        tables(objects, {}),
        refs(kv, clock, *random, {.repository_cache_ms = repository_cache_ms}),
        staging(kv, clock, {}),
        hooks(scheduler, fate),
        workers({.name = "workers", .threads = 2}),
        imports({.name = "import work", .threads = 2}),
        tasks({.name = "task work", .threads = 2}),
        committed(tables, kSmallRanges),
        xids(clock, *random),
        context{kv, refs, staging, committed, objects, &hooks, workers, clock, *random, xids, {}},
        jobs(context, {imports, tasks}, {.heartbeat_ms = 5000, .lease_ms = kLeaseMs}),
        catalog(context) {}

  static constexpr int64_t kLeaseMs = 20'000;
  /// How long a server may not see that another one has deleted or created a repository.
  static constexpr int64_t kRepositoryCacheMs = 1000;

  Fate fate;
  SimClock clock;
  const std::unique_ptr<Random> random;
  SharedKv kv;
  SharedObjects objects;
  sst::TableStore tables;
  refs::Store refs;
  staging::Store staging;
  SimHooks hooks;
  runtime::WorkerPool workers;
  runtime::BackgroundPool imports, tasks;
  committed::Store committed;
  XidGenerator xids;
  versioning::Context context;
  versioning::JobEngine jobs;
  catalog::Catalog catalog;
};

}  // namespace tarn::sim
