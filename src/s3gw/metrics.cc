#include "s3gw/metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace tarn::s3gw {

// The gauge is shared with the REST API, which registers it with the same text.
GatewayMetrics::GatewayMetrics(prometheus::Registry& registry)
    : durations_(prometheus::BuildHistogram()
                     .Name("gateway_request_duration_seconds")
                     .Help("Request durations of the S3 gateway")
                     .Register(registry)),
      running_(prometheus::BuildGauge()
                   .Name("lakefs_concurrent_requests")
                   .Help("Requests that are being processed")
                   .Register(registry)) {}

GatewayMetrics::Operation::Operation(GatewayMetrics& owner, std::string_view id)
    : running_(owner.running_.Add({{"service", "gateway"}, {"operation", std::string(id)}})),
      durations_(owner.durations_, id) {}

void GatewayMetrics::Operation::Started() { running_.Increment(); }
void GatewayMetrics::Operation::Ended() { running_.Decrement(); }

}  // namespace tarn::s3gw
