#include "authserver/call_log.h"

#include <algorithm>

#include "base/log.h"
#include "base/random.h"

namespace tarn::authserver {
namespace {

constexpr size_t kRequestIdBytesMax = 64;
constexpr size_t kPathBytesMax = 1024;

bool IsIdCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::string RequestIdOf(const http::RequestHead& head) {
  const std::string_view sent = head.Get("X-Request-ID");
  const bool is_id = !sent.empty() && sent.size() <= kRequestIdBytesMax &&
                     std::all_of(sent.begin(), sent.end(), &IsIdCharacter);
  return is_id ? std::string(sent) : NewUuid(SystemRandom());
}

/// As it was sent, without what could be taken for the end of it.
std::string PathOf(const http::RequestHead& head) {
  std::string path(head.path.substr(0, kPathBytesMax));
  std::replace_if(
      path.begin(), path.end(), [](char c) { return c == '"' || (c >= 0 && c < ' '); }, '?');
  return path;
}

}  // namespace

CallLog::CallLog(const http::RequestHead& head) : head_(head), request_id_(RequestIdOf(head)) {}

void CallLog::Write(std::string_view operation, int status) const {
  const bool is_told = head_.method != "GET" || status == 401 || status >= 500;
  const auto level = is_told ? spdlog::level::info : spdlog::level::debug;
  spdlog::logger* const logger = spdlog::default_logger_raw();
  if (!logger->should_log(level)) return;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
  SPDLOG_LOGGER_CALL(logger, level,
                     "authorization call ended operation={} method={} path=\"{}\" request_id={} "
                     "status_code={} took={:.6f}s source_ip={}",
                     operation, head_.method, PathOf(head_), request_id_, status, took.count(),
                     head_.peer);
}

}  // namespace tarn::authserver
