// Stores finished tables, a bounded number at a time when there is a pool for it.
//
// The caller's thread takes part: it stores a table itself when the bound is reached (which limits
// the memory), and at the end whatever the pool has not begun, so a busy pool delays nothing. Level
// 5; used from one thread, its jobs run on the pool.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/sync.h"
#include "runtime/worker_pool.h"
#include "sst/table_store.h"

namespace tarn::committed {

struct UploadOptions {
  runtime::WorkerPool* pool = nullptr;  ///< Null: the caller's thread stores everything.
  size_t in_flight_max = 4;             ///< Tables given to the pool and not stored yet.
};

class TableUploads {
 public:
  TableUploads(sst::TableStore& tables, const StorageNamespace& ns, UploadOptions options);
  /// Waits for the jobs that run; tables that none has begun are given up.
  ~TableUploads();
  TableUploads(const TableUploads&) = delete;
  TableUploads& operator=(const TableUploads&) = delete;

  /// Takes a table to store. An error may be that of an earlier table.
  Status Add(sst::Table table);
  /// From now on the first tables stay in memory until Release or Finish.
  void Hold() { holding_ = true; }
  Status Release();
  /// Returns when all tables are durable; the first error if one is not.
  Status Finish();

 private:
  /// What jobs see. They share it because one may start after everything is done.
  struct Shared {
    Shared(sst::TableStore& store, const StorageNamespace& name) : tables(store), ns(name) {}
    sst::TableStore& tables;  // used while a table waits or is being stored, thus not for too long
    const StorageNamespace ns;
    Mutex mutex;
    CondVar done;
    std::deque<sst::Table> waiting TARN_GUARDED_BY(mutex);
    size_t running TARN_GUARDED_BY(mutex) = 0;
    Status error TARN_GUARDED_BY(mutex);  // the first one
  };

  Status Start(sst::Table table);
  static bool StoreOne(Shared& shared);

  const UploadOptions options_;
  const std::shared_ptr<Shared> shared_;
  bool holding_ = false;
  std::vector<sst::Table> held_;
};

}  // namespace tarn::committed
