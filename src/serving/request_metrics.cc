#include "serving/request_metrics.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <string>

namespace tarn::serving {
namespace {

const prometheus::Histogram::BucketBoundaries kBuckets{0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
                                                       1,    2,    5,    10,  30,  60};

}  // namespace

// The protocols share the gauge, so it has the same text in each.
RequestMetrics::RequestMetrics(prometheus::Registry& registry, const Protocol& protocol)
    : registry_(registry),
      protocol_(protocol),
      durations_(prometheus::BuildHistogram()
                     .Name(fmt::format("{}_request_duration_seconds", protocol.name))
                     .Help(fmt::format("Request durations of {}", protocol.title))
                     .Register(registry)),
      running_(prometheus::BuildGauge()
                   .Name("lakefs_concurrent_requests")
                   .Help("Requests that are being processed")
                   .Register(registry)) {}

RequestMetrics::Operation::Operation(RequestMetrics& owner, std::string_view id,
                                     const Extras& extras)
    : method_(extras.method),
      running_(owner.running_.Add(
          {{"service", std::string(owner.protocol_.name)}, {"operation", std::string(id)}})),
      durations_(owner.durations_, id) {
  if (!method_.empty()) {
    requests_by_method_ =
        &prometheus::BuildCounter()
             .Name(fmt::format("{}_requests_total", owner.protocol_.name))
             .Help(fmt::format("A counter for requests to {}", owner.protocol_.title))
             .Register(owner.registry_);
  }
  if (extras.first_byte_label.empty()) return;
  auto& family = prometheus::BuildHistogram()
                     .Name(fmt::format("{}_request_ttfb_duration_seconds", owner.protocol_.name))
                     .Help("Time to the first byte of the answer")
                     .Register(owner.registry_);
  first_byte_ = &family.Add({{"operation", std::string(extras.first_byte_label)}}, kBuckets);
}

void RequestMetrics::Operation::Started() { running_.Increment(); }
void RequestMetrics::Operation::Ended() { running_.Decrement(); }

// Add() returns the same series for the same labels, so two threads that meet here agree.
void RequestMetrics::Operation::Count(int status, double seconds) {
  durations_.Observe(status, seconds);
  if (requests_by_method_ == nullptr) return;
  const size_t slot = SlotOf(status);
  prometheus::Counter* requests = requests_[slot].load(std::memory_order_acquire);
  if (!requests) {
    std::string method(method_);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    requests = &requests_by_method_->Add(
        {{"code", std::to_string(kCountedStatuses[slot])}, {"method", std::move(method)}});
    requests_[slot].store(requests, std::memory_order_release);
  }
  requests->Increment();
}

void RequestMetrics::Operation::FirstByte(double seconds) { first_byte_->Observe(seconds); }

}  // namespace tarn::serving
