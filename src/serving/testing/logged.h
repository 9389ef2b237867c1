// What is written to the log while a test does something. Level 7, tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/log.h"

namespace tarn::serving::testing {

/// The lines that `run` logs, down to those for debugging. One at a time.
template <class Function>
std::string LoggedBy(Function run) {
  spdlog::logger& logger = *spdlog::default_logger_raw();
  const auto level = logger.level();
  logger.set_level(spdlog::level::debug);
  ::testing::internal::CaptureStdout();
  run();
  logger.flush();
  logger.set_level(level);
  return ::testing::internal::GetCapturedStdout();
}

}  // namespace tarn::serving::testing
