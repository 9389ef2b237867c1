// Logging facade over spdlog, the only header that names it. Level 0, thread-safe.
//
// TARN_LOG_INFO("listening on {}", address): text with fields in logfmt style. Levels and sinks are
// set once at start by server/logging.cc.
#pragma once

#include <spdlog/spdlog.h>

#define TARN_LOG_DEBUG(...) \
  SPDLOG_LOGGER_CALL(spdlog::default_logger_raw(), spdlog::level::debug, __VA_ARGS__)
#define TARN_LOG_INFO(...) \
  SPDLOG_LOGGER_CALL(spdlog::default_logger_raw(), spdlog::level::info, __VA_ARGS__)
#define TARN_LOG_WARN(...) \
  SPDLOG_LOGGER_CALL(spdlog::default_logger_raw(), spdlog::level::warn, __VA_ARGS__)
#define TARN_LOG_ERROR(...) \
  SPDLOG_LOGGER_CALL(spdlog::default_logger_raw(), spdlog::level::err, __VA_ARGS__)
