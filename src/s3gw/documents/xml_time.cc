#include "s3gw/documents/xml_time.h"

#include <chrono>

#include "codec/digits.h"

namespace tarn::s3gw {

// By hand: a listing has a thousand of them.
void AppendXmlTime(std::string* out, Timestamp time) {
  using std::chrono::days;
  using std::chrono::floor;
  constexpr int32_t kNanosPerMs = 1'000'000;
  const std::chrono::sys_seconds moment{std::chrono::seconds(time.seconds)};
  const auto midnight = floor<days>(moment);
  const std::chrono::year_month_day day{midnight};
  const auto second = static_cast<unsigned>((moment - midnight).count());
  char text[] = "0000-00-00T00:00:00.000Z";
  PutDigits(text + 4, static_cast<unsigned>(static_cast<int>(day.year())), 4);
  PutDigits(text + 7, static_cast<unsigned>(day.month()), 2);
  PutDigits(text + 10, static_cast<unsigned>(day.day()), 2);
  PutDigits(text + 13, second / 3600, 2);
  PutDigits(text + 16, second / 60 % 60, 2);
  PutDigits(text + 19, second % 60, 2);
  PutDigits(text + 23, static_cast<unsigned>(time.nanos / kNanosPerMs), 3);
  out->append(text, sizeof(text) - 1);
}

std::string FormatXmlTime(Timestamp time) {
  std::string text;
  AppendXmlTime(&text, time);
  return text;
}

}  // namespace tarn::s3gw
