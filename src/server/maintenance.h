// The background thread: removes what was queued for removal, ends jobs whose server died,
// keeps the process metrics. Level 9.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sync.h"

namespace tarn::server {

/// A job that is run at start and then every `period_ms`. Failures are logged and tried again.
struct PeriodicJob {
  std::string name;
  int64_t period_ms = 0;
  std::function<Status()> run;
};

class Maintenance {
 public:
  /// Starts the thread.
  explicit Maintenance(std::vector<PeriodicJob> jobs);
  /// Waits for the job that runs.
  ~Maintenance();

 private:
  void Run();

  std::vector<PeriodicJob> jobs_;
  Mutex mutex_;
  CondVar wake_;
  bool stop_ TARN_GUARDED_BY(mutex_) = false;
  Thread thread_;
};

}  // namespace tarn::server
