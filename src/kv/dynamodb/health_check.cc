#include "kv/dynamodb/health_check.h"

#include "base/log.h"
#include "kv/dynamodb/table.h"

namespace tarn::kv::dynamodb {

HealthCheck::HealthCheck(Connection& connection, int64_t interval_ms)
    : connection_(connection),
      thread_("dynamodb-check", [this, interval_ms] { Run(interval_ms); }) {}

HealthCheck::~HealthCheck() {
  {
    const MutexLock lock(mutex_);
    is_stopped_ = true;
  }
  stopped_.NotifyAll();
  thread_.Join();
}

void HealthCheck::Run(int64_t interval_ms) {
  const std::string body = DescribeBody(connection_.table);
  MutexLock lock(mutex_);
  while (!is_stopped_) {
    stopped_.WaitFor(lock, interval_ms);
    if (is_stopped_) return;
    lock.Unlock();
    const auto answer = connection_.client.Call("DescribeTable", body);
    if (!answer.ok()) TARN_LOG_DEBUG("health check: {}", answer.status().message());
    lock.Lock();
  }
}

}  // namespace tarn::kv::dynamodb
