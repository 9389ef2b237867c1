// Metrics of the connections to PostgreSQL, under the names that the reference's driver has for
// them. Level 9; thread-safe.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "kv/postgres/pool.h"

namespace tarn::server {

class PoolMetrics final : public kv::postgres::PoolSink {
 public:
  /// `open_max`: as many as there may be.
  PoolMetrics(prometheus::Registry& registry, size_t open_max);
  void Taken(int64_t us, bool at_once) override;
  void NotTaken() override;
  void Changed(size_t open, size_t idle) override;

 private:
  prometheus::Counter &taken_, &not_taken_, &taken_ns_, &not_at_once_;
  prometheus::Gauge &open_, &idle_, &busy_;
};

}  // namespace tarn::server
