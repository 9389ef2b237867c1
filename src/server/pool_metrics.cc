#include "server/pool_metrics.h"

namespace tarn::server {
namespace {

constexpr double kNsInUs = 1000;

prometheus::Counter& NewCounter(prometheus::Registry& registry, const char* name,
                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Gauge& NewGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

PoolMetrics::PoolMetrics(prometheus::Registry& registry, size_t open_max)
    : taken_(NewCounter(registry, "pgxpool_acquire_count",
                        "How often a connection to the database was taken")),
      not_taken_(NewCounter(registry, "pgxpool_canceled_acquire_count",
                            "How often there was none to be had")),
      taken_ns_(NewCounter(registry, "pgxpool_acquire_duration_ns",
                           "How long they were waited for in all, in nanoseconds")),
      not_at_once_(NewCounter(registry, "pgxpool_empty_acquire",
                              "How often none was idle, so that it was waited for or made")),
      open_(NewGauge(registry, "pgxpool_total_conns", "Connections, with those being made")),
      idle_(NewGauge(registry, "pgxpool_idle_conns", "Connections that nobody uses")),
      busy_(NewGauge(registry, "pgxpool_acquired_conns",
                     "Connections in use, with those being made")) {
  NewGauge(registry, "pgxpool_max_conns", "Most connections that there may be")
      .Set(static_cast<double>(open_max));
}

void PoolMetrics::Taken(int64_t us, bool at_once) {
  taken_.Increment();
  taken_ns_.Increment(static_cast<double>(us) * kNsInUs);
  if (!at_once) not_at_once_.Increment();
}

void PoolMetrics::NotTaken() { not_taken_.Increment(); }

void PoolMetrics::Changed(size_t open, size_t idle) {
  open_.Set(static_cast<double>(open));
  idle_.Set(static_cast<double>(idle));
  busy_.Set(static_cast<double>(open - idle));
}

}  // namespace tarn::server
