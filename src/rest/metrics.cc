#include "rest/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <string>

namespace tarn::rest {
namespace {

const prometheus::Histogram::BucketBoundaries kBuckets{0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
                                                       1,    2,    5,    10,  30,  60};

/// Operations whose time to the first byte is measured.
constexpr std::string_view kFirstByteOperation = "getObject";
constexpr std::string_view kFirstByteLabel = "GetObject";

}  // namespace

ApiMetrics::ApiMetrics(prometheus::Registry& registry)
    : requests_(prometheus::BuildCounter()
                    .Name("api_requests_total")
                    .Help("A counter for requests to the API")
                    .Register(registry)),
      durations_(prometheus::BuildHistogram()
                     .Name("api_request_duration_seconds")
                     .Help("Request durations of the API")
                     .Register(registry)),
      first_bytes_(prometheus::BuildHistogram()
                       .Name("api_request_ttfb_duration_seconds")
                       .Help("Time to the first byte of the answer")
                       .Register(registry)),
      running_(prometheus::BuildGauge()
                   .Name("lakefs_concurrent_requests")
                   .Help("Requests that are being processed")
                   .Register(registry)) {}

ApiMetrics::~ApiMetrics() = default;

ApiMetrics::Operation::Operation(ApiMetrics& owner, std::string_view id, std::string_view method)
    : owner_(owner),
      method_(method),
      running_(&owner.running_.Add({{"service", "api"}, {"operation", std::string(id)}})),
      durations_(owner.durations_, id) {
  if (id == kFirstByteOperation)
    first_byte_ = &owner.first_bytes_.Add({{"operation", std::string(kFirstByteLabel)}}, kBuckets);
}

void ApiMetrics::Operation::Started() { running_->Increment(); }
void ApiMetrics::Operation::Ended() { running_->Decrement(); }

// Add() returns the same series for the same labels, so two threads that meet here agree.
void ApiMetrics::Operation::Count(int status, double seconds) {
  const size_t slot = serving::SlotOf(status);
  prometheus::Counter* requests = requests_[slot].load(std::memory_order_acquire);
  if (!requests) {
    std::string method(method_);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    requests = &owner_.requests_.Add(
        {{"code", std::to_string(serving::kCountedStatuses[slot])}, {"method", std::move(method)}});
    requests_[slot].store(requests, std::memory_order_release);
  }
  durations_.Observe(status, seconds);
  requests->Increment();
}

void ApiMetrics::Operation::FirstByte(double seconds) { first_byte_->Observe(seconds); }

}  // namespace tarn::rest
