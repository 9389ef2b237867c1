// Looks at the table now and then and says in the log when that fails. Level 3; has a thread of its
// own.
#pragma once

#include <cstdint>

#include "base/sync.h"
#include "kv/dynamodb/connection.h"

namespace tarn::kv::dynamodb {

class HealthCheck {
 public:
  /// `connection` outlives it.
  HealthCheck(Connection& connection, int64_t interval_ms);
  ~HealthCheck();

 private:
  void Run(int64_t interval_ms);

  Connection& connection_;
  Mutex mutex_;
  CondVar stopped_;
  bool is_stopped_ TARN_GUARDED_BY(mutex_) = false;
  Thread thread_;
};

}  // namespace tarn::kv::dynamodb
