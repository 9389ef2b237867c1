// A server on loopback whose answers a test decides. Header only.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/retrier.h"
#include "codec/url.h"
#include "http/testing/test_server.h"

namespace tarn::http {

/// What a server got.
struct Asked {
  std::string method, path;
  Query query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string Get(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (EqualsIgnoreCase(key, name)) return value;
    }
    return "";
  }
};

class ScriptedServer {
 public:
  using Answerer = std::function<Response(const Asked&)>;

  /// Answers all requests for these paths.
  ScriptedServer(const std::vector<std::string>& paths, Answerer answerer)
      : answerer_(std::move(answerer)) {
    for (const std::string& path : paths) {
      server_.Route(path, [this] {
        Script script;
        script.plan = BodyPlan::kBuffered;
        script.body_bytes_max = 64 << 20;
        script.answer = [this](const RequestHead& head, std::string_view body) {
          Asked asked{std::string(head.method),
                      std::string(head.path),
                      Query(head.query),
                      {},
                      std::string(body)};
          for (const auto& [name, value] : head.headers) asked.headers.emplace_back(name, value);
          const std::lock_guard lock(mutex_);
          asked_.push_back(asked);
          return answerer_(asked);
        };
        // The gate for bodies over what anybody may send.
        script.open = [] { return std::optional<Response>(); };
        return script;
      });
    }
  }
  std::string url() const { return server_.url(""); }
  std::vector<Asked> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::vector<Asked> asked_;
  Answerer answerer_;
  TestServer server_;
};

/// Without pauses.
inline RetryOptions RetryAtOnce(int attempts_max) {
  RetryOptions options;
  options.attempts_max = attempts_max;
  options.sleep = [](int64_t) {};
  return options;
}

}  // namespace tarn::http
