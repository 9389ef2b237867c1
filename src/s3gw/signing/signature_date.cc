#include "s3gw/signing/signature_date.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "http/message.h"

namespace tarn::s3gw {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Reads a text from its front; one failure makes all of it fail.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int Digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || !IsDigit(rest_[i])) return Fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  void Literal(std::string_view literal) {
    if (!rest_.starts_with(literal)) {
      Fail();
    } else {
      rest_.remove_prefix(literal.size());
    }
  }
  /// The position of the three letters at the front in `names`.
  template <size_t N>
  int Name(const std::array<std::string_view, N>& names) {
    const std::string_view name = rest_.substr(0, 3);
    for (size_t i = 0; i < N; ++i) {
      if (!http::EqualsIgnoreCase(name, names[i])) continue;
      rest_.remove_prefix(name.size());
      return static_cast<int>(i);
    }
    return Fail();
  }
  template <class Predicate>
  std::string_view While(Predicate predicate) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    const std::string_view run = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
    rest_.remove_prefix(run.size());
    return run;
  }
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  int Fail() {
    failed_ = true;
    return 0;
  }
  bool Complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Moment {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<int64_t> ToSeconds(const Moment& moment) {
  const std::chrono::year_month_day day{std::chrono::year(moment.year),
                                        std::chrono::month(static_cast<unsigned>(moment.month)),
                                        std::chrono::day(static_cast<unsigned>(moment.day))};
  if (!day.ok() || moment.hour > 23 || moment.minute > 59 || moment.second > 59) {
    return std::nullopt;
  }
  const int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return ((days * 24 + moment.hour) * 60 + moment.minute) * 60 + moment.second;
}

void ReadDay(Scanner& scanner, std::string_view separator, Moment* moment) {
  moment->year = scanner.Digits(4);
  scanner.Literal(separator);
  moment->month = scanner.Digits(2);
  scanner.Literal(separator);
  moment->day = scanner.Digits(2);
}

void ReadClock(Scanner& scanner, std::string_view separator, Moment* moment) {
  moment->hour = scanner.Digits(2);
  scanner.Literal(separator);
  moment->minute = scanner.Digits(2);
  scanner.Literal(separator);
  moment->second = scanner.Digits(2);
}

/// Seconds east of UTC.
int64_t ReadZone(Scanner& scanner) {
  if (const char sign = scanner.Peek(); sign == '+' || sign == '-') {
    scanner.Literal({&sign, 1});
    const int64_t hours = scanner.Digits(2);
    const int64_t minutes = scanner.Digits(2);
    const int64_t seconds = (hours * 60 + minutes) * 60;
    return sign == '-' ? -seconds : seconds;
  }
  constexpr size_t kZoneNameSizeMax = 5;
  const size_t size = scanner.While(IsLetter).size();
  return size == 0 || size > kZoneNameSizeMax ? scanner.Fail() : 0;
}

}  // namespace

std::optional<int64_t> ReadBasicTime(std::string_view text) {
  Scanner scanner(text);
  Moment moment;
  ReadDay(scanner, "", &moment);
  scanner.Literal("T");
  ReadClock(scanner, "", &moment);
  scanner.Literal("Z");
  return scanner.Complete() ? ToSeconds(moment) : std::nullopt;
}

std::optional<int64_t> ReadBasicDay(std::string_view text) {
  Scanner scanner(text);
  Moment moment;
  ReadDay(scanner, "", &moment);
  return scanner.Complete() ? ToSeconds(moment) : std::nullopt;
}

std::optional<int64_t> ReadExtendedTime(std::string_view text) {
  Scanner scanner(text);
  Moment moment;
  ReadDay(scanner, "-", &moment);
  scanner.Literal("T");
  ReadClock(scanner, ":", &moment);
  if (scanner.Peek() == '.') {
    scanner.Literal(".");
    if (scanner.While(IsDigit).empty()) scanner.Fail();
  }
  scanner.Literal("Z");
  return scanner.Complete() ? ToSeconds(moment) : std::nullopt;
}

std::optional<int64_t> ReadMailTime(std::string_view text) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  Scanner scanner(text);
  Moment moment;
  scanner.Name(kDays);
  scanner.Literal(", ");
  moment.day = scanner.Digits(2);
  scanner.Literal(" ");
  moment.month = scanner.Name(kMonths) + 1;
  scanner.Literal(" ");
  moment.year = scanner.Digits(4);
  scanner.Literal(" ");
  ReadClock(scanner, ":", &moment);
  scanner.Literal(" ");
  const int64_t east_seconds = ReadZone(scanner);
  if (!scanner.Complete()) return std::nullopt;
  const auto seconds = ToSeconds(moment);
  if (!seconds) return std::nullopt;
  return *seconds - east_seconds;
}

std::optional<Error> CheckNotEarly(int64_t seconds, Timestamp now) {
  if (Timestamp{seconds - kClockSkewSecondsMax, 0} > now) return Error::kRequestNotReadyYet;
  return std::nullopt;
}

std::optional<Error> CheckSkew(int64_t seconds, Timestamp now) {
  const bool skewed =
      Timestamp{seconds + kClockSkewSecondsMax, 0} < now || CheckNotEarly(seconds, now);
  return skewed ? std::optional(Error::kRequestTimeTooSkewed) : std::nullopt;
}

}  // namespace tarn::s3gw
