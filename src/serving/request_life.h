// The life of a request, whatever its protocol: its id, how long it takes, that it is counted while
// it runs and when it ends, and its line in the audit log. Level 7; one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "serving/request_metrics.h"
#include "serving/usage.h"

namespace tarn::serving {

/// What a request is called in logs.
struct RequestNames {
  std::string_view service;    ///< "rest_api"
  std::string_view operation;  ///< "getObject"
  std::string_view event;      ///< In usage statistics; empty: not counted there.
};

/// What is told of a request when it has ended. Texts are for the audit log only.
struct RequestEnd {
  int status = 0;
  int64_t sent_bytes = 0;
  std::string_view path;  ///< As far as it is no secret.
  std::string_view user;
  std::string_view repository, ref;
};

class RequestLife {
 public:
  /// All are borrowed; `metrics` may be null. The clock starts here.
  RequestLife(const http::RequestHead& head, const RequestNames& names,
              RequestMetrics::Operation* metrics)
      : head_(head), names_(names), metrics_(metrics) {}
  ~RequestLife();
  RequestLife(const RequestLife&) = delete;
  RequestLife& operator=(const RequestLife&) = delete;

  /// Gives the request its id; what ends before is neither counted nor logged.
  void Begin();
  /// Empty before Begin.
  const std::string& id() const { return id_; }
  /// The operation itself runs, so the request counts as use of it.
  void Use() { used_ = true; }
  /// The first byte of the answer is ready.
  void Answered();
  /// Whether Finish writes a line to the audit log, and so looks at all that it is told.
  bool is_audited() const;
  /// Logs why the server failed.
  void LogFailure(const Status& failure) const;
  void Finish(const RequestEnd& end, UsageCounter& usage);

 private:
  double Seconds() const;
  void Audit(const RequestEnd& end) const;

  const http::RequestHead& head_;
  const RequestNames names_;
  RequestMetrics::Operation* const metrics_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::string id_;
  bool used_ = false;
};

}  // namespace tarn::serving
