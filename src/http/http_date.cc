#include "http/http_date.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <vector>

#include "codec/digits.h"

namespace tarn::http {
namespace {

constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::vector<std::string_view> SplitWords(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  for (size_t at = text.find_first_not_of(separators); at != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(separators, end);
  }
  return words;
}

/// Reads a number of only digits, at most `max`.
bool ReadNumber(std::string_view text, int max, int* value) {
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return digits && error == std::errc() && end == text.data() + text.size() && *value <= max;
}

bool ReadClock(std::string_view text, std::tm* tm) {
  const std::vector<std::string_view> parts = SplitWords(text, ":");
  return parts.size() == 3 && ReadNumber(parts[0], 23, &tm->tm_hour) &&
         ReadNumber(parts[1], 59, &tm->tm_min) && ReadNumber(parts[2], 60, &tm->tm_sec);
}

bool ReadDay(std::string_view day, std::string_view month, std::string_view year, std::tm* tm) {
  const auto* found = std::find(std::begin(kMonths), std::end(kMonths), month);
  if (found == std::end(kMonths)) return false;
  tm->tm_mon = static_cast<int>(found - std::begin(kMonths));
  if (!ReadNumber(day, 31, &tm->tm_mday) || !ReadNumber(year, 9999, &tm->tm_year)) return false;
  constexpr int kFirstYear = 1900, kPivot = 70;  // of years with two digits
  if (year.size() == 2) {
    if (tm->tm_year < kPivot) tm->tm_year += 100;
    return true;
  }
  tm->tm_year -= kFirstYear;
  return year.size() == 4;
}

}  // namespace

// By hand, since strftime and strptime speak the language of the environment.
std::string FormatHttpDate(int64_t seconds) {
  using std::chrono::days;
  const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
  const auto midnight = std::chrono::floor<days>(moment);
  const std::chrono::year_month_day day{midnight};
  const auto second = static_cast<unsigned>((moment - midnight).count());
  std::string text = "Day, 00 Mon 0000 00:00:00 GMT";
  text.replace(0, 3, kDays[std::chrono::weekday(midnight).c_encoding()]);
  text.replace(8, 3, kMonths[static_cast<unsigned>(day.month()) - 1]);
  PutDigits(&text[7], static_cast<unsigned>(day.day()), 2);
  PutDigits(&text[16], static_cast<unsigned>(static_cast<int>(day.year())), 4);
  PutDigits(&text[19], second / 3600, 2);
  PutDigits(&text[22], second / 60 % 60, 2);
  PutDigits(&text[25], second % 60, 2);
  return text;
}

std::optional<int64_t> ParseHttpDate(std::string_view text) {
  const std::vector<std::string_view> words = SplitWords(text, " ,-");
  std::tm tm{};
  bool good = false;
  if (words.size() == 6 && words[5] == "GMT")
    good = ReadDay(words[1], words[2], words[3], &tm) && ReadClock(words[4], &tm);
  else if (words.size() == 5)
    good = ReadDay(words[2], words[1], words[4], &tm) && ReadClock(words[3], &tm);
  if (!good) return std::nullopt;
  return timegm(&tm);
}

}  // namespace tarn::http
