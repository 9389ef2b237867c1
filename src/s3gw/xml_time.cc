#include "s3gw/xml_time.h"

#include <fmt/format.h>

#include <ctime>

namespace tarn::s3gw {

std::string FormatXmlTime(Timestamp time) {
  constexpr int32_t kNanosPerMs = 1'000'000;
  std::tm tm{};
  const time_t seconds = time.seconds;
  gmtime_r(&seconds, &tm);
  return fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.{:03d}Z", tm.tm_year + 1900,
                     tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                     time.nanos / kNanosPerMs);
}

}  // namespace tarn::s3gw
