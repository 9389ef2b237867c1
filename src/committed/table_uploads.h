// Stores finished tables, a bounded number at a time when there is a pool for it.
//
// When the bound is reached the caller's thread stores the next table itself, which is also what
// limits the memory. Level 5; used from one thread, its jobs run on the pool.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "runtime/worker_pool.h"
#include "sst/table_store.h"

namespace tarn::committed {

struct UploadOptions {
  runtime::WorkerPool* pool = nullptr;  ///< Must not be the pool of the caller. Null: none.
  int in_flight_max = 4;                ///< Tables on the pool at a time.
};

class TableUploads {
 public:
  TableUploads(sst::TableStore& tables, const StorageNamespace& ns, UploadOptions options)
      : tables_(tables), ns_(ns), options_(options) {}
  /// Waits for the jobs that run.
  ~TableUploads();
  TableUploads(const TableUploads&) = delete;
  TableUploads& operator=(const TableUploads&) = delete;

  /// Takes a table to store. An error may be that of an earlier table.
  Status Add(sst::Table table);
  /// From now on the first tables stay in memory until Release or Finish.
  void Hold() { holding_ = true; }
  Status Release();
  /// Waits until all tables are durable; the first error if one is not.
  Status Finish();

 private:
  Status Start(sst::Table table);
  Result<bool> TakeSlot();  // false: no pool, or all slots taken
  void Finished(Status written);
  void WaitForJobs();

  sst::TableStore& tables_;
  const StorageNamespace& ns_;
  const UploadOptions options_;
  bool holding_ = false;
  std::vector<sst::Table> held_;
  std::mutex mutex_;
  std::condition_variable done_;
  int in_flight_ = 0;  // guarded by mutex_
  Status error_;       // the first of a job; guarded by mutex_
};

}  // namespace tarn::committed
