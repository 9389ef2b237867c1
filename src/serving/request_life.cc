#include "serving/request_life.h"

#include "base/log.h"
#include "base/random.h"

namespace tarn::serving {

RequestLife::~RequestLife() {
  if (metrics_ != nullptr && !id_.empty()) metrics_->Ended();
}

void RequestLife::Begin() {
  id_ = NewUuid(SystemRandom());
  if (metrics_ != nullptr) metrics_->Started();
}

void RequestLife::Answered() {
  if (metrics_ != nullptr && metrics_->wants_first_byte()) metrics_->FirstByte(Seconds());
}

void RequestLife::LogFailure(const Status& failure) const {
  TARN_LOG_ERROR("service_name={} operation={} request_id={} {}", names_.service, names_.operation,
                 id_, failure.ToString());
}

void RequestLife::Finish(const RequestEnd& end, UsageCounter& usage) {
  if (id_.empty()) return;
  if (metrics_ != nullptr) metrics_->Count(end.status, Seconds());
  if (used_ && !names_.event.empty()) usage.Count();
  if (is_audited()) Audit(end);
}

bool RequestLife::is_audited() const {
  return !id_.empty() && spdlog::default_logger_raw()->should_log(spdlog::level::debug);
}

double RequestLife::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

void RequestLife::Audit(const RequestEnd& end) const {
  const std::string_view client = head_.Find("X-Lakefs-Client").value_or(head_.Get("User-Agent"));
  TARN_LOG_DEBUG(
      "HTTP call ended service_name={} operation_id={} event={} method={} path=\"{}\" host={} "
      "repository={} ref={} user={} client=\"{}\" request_id={} status_code={} sent_bytes={} "
      "took={:.6f}s source_ip={}",
      names_.service, names_.operation, names_.event, head_.method, end.path, head_.Get("Host"),
      end.repository, end.ref, end.user, client, id_, end.status, end.sent_bytes, Seconds(),
      head_.peer);
}

}  // namespace tarn::serving
