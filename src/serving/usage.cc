#include "serving/usage.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <optional>

#include "records/list.h"
#include "records/update.h"

namespace tarn::serving {
namespace {

constexpr size_t kYearDigits = 4, kMonthDigits = 6;

std::string Prefix(std::string_view installation_id) {
  return fmt::format("usage/monthly/{}/", installation_id);
}

std::string MonthOf(int64_t seconds) {
  std::tm tm{};
  const time_t time = seconds;
  gmtime_r(&time, &tm);
  return fmt::format("{:04d}{:02d}", tm.tm_year + 1900, tm.tm_mon + 1);
}

template <class Integer>
std::optional<Integer> ParseDecimal(std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<MonthlyUsage> ParseRecord(std::string_view month, std::string_view text) {
  if (month.size() != kMonthDigits) return std::nullopt;
  const auto year_number = ParseDecimal<int>(month.substr(0, kYearDigits));
  const auto month_number = ParseDecimal<int>(month.substr(kYearDigits));
  const auto count = ParseDecimal<int64_t>(text);
  if (!year_number || !month_number || !count) return std::nullopt;
  return MonthlyUsage{*year_number, *month_number, *count};
}

}  // namespace

Status UsageCounter::Flush(std::string_view installation_id) {
  const int64_t added = pending_.exchange(0);
  if (added == 0) return {};
  const auto add =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    const auto count = ParseDecimal<int64_t>(found.value_or("0"));
    if (!count) return Status(Code::kCorrupt, "malformed usage record");
    return std::optional(std::to_string(*count + added));
  };
  Status written = records::UpdateRecord(kv_, random_, records::kUsagePartition,
                                         Prefix(installation_id) + MonthOf(clock_.Now().seconds),
                                         "update usage", add);
  if (!written.ok()) pending_.fetch_add(added);
  return written;
}

Result<std::vector<MonthlyUsage>> UsageCounter::Read(std::string_view installation_id) {
  const std::string prefix = Prefix(installation_id);
  std::vector<MonthlyUsage> months;
  const auto add = [&](std::string_view key, std::string_view count) -> Status {
    if (const auto usage = ParseRecord(key.substr(prefix.size()), count)) months.push_back(*usage);
    return {};
  };
  TARN_TRY(records::ForEachRecord(kv_, records::kUsagePartition, prefix, add));
  return months;
}

}  // namespace tarn::serving
