// Methods of times and durations in conditions.
#include <algorithm>
#include <array>
#include <ctime>

#include "codec/go_duration.h"
#include "fmt/format.h"
#include "hooks/condition/evaluate.h"

namespace tarn::hooks::condition {
namespace {

struct DurationMethod {
  std::string_view name;
  double nanoseconds;
  bool is_whole;
};
constexpr std::array<DurationMethod, 6> kDurationMethods = {{{"Hours", 3600e9, false},
                                                             {"Minutes", 60e9, false},
                                                             {"Seconds", 1e9, false},
                                                             {"Milliseconds", 1e6, true},
                                                             {"Microseconds", 1e3, true},
                                                             {"Nanoseconds", 1, true}}};

struct TimeMethod {
  std::string_view name;
  int64_t (*read)(const Timestamp& time, const std::tm& parts);
};
constexpr std::array<TimeMethod, 9> kTimeMethods = {{
    {"Year", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_year} + 1900; }},
    {"Month", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_mon} + 1; }},
    {"Day", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_mday}; }},
    {"Hour", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_hour}; }},
    {"Minute", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_min}; }},
    {"Second", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_sec}; }},
    {"Weekday", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_wday}; }},
    {"YearDay", [](const Timestamp&, const std::tm& t) { return int64_t{t.tm_yday} + 1; }},
    {"Unix", [](const Timestamp& time, const std::tm&) { return time.seconds; }},
}};

template <class Table>
auto FindRow(const Table& table, std::string_view name) {
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.name == name; });
  return row == table.end() ? nullptr : &*row;
}

}  // namespace

Result<Value> Evaluator::Method(const Node& node) {
  TARN_TRY_ASSIGN(const Value object, Evaluate(*node.children[0]));
  const bool has_arguments = node.children.size() > 1;
  if (const auto* const duration = object.As<Value::Duration>(); duration && !has_arguments) {
    if (node.text == "String") return Value(FormatGoDuration(*duration));
    if (const DurationMethod* const row = FindRow(kDurationMethods, node.text)) {
      const double value = static_cast<double>(duration->count()) / row->nanoseconds;
      return row->is_whole ? Value(static_cast<int64_t>(value)) : Value(value);
    }
  }
  if (const Timestamp* const time = object.As<Timestamp>(); time && !has_arguments) {
    if (node.text == "String") return Value(FormatRfc3339(*time));
    if (const TimeMethod* const row = FindRow(kTimeMethods, node.text)) {
      std::tm parts = {};
      const std::time_t seconds = time->seconds;
      ::gmtime_r(&seconds, &parts);
      return Value(row->read(*time, parts));
    }
  }
  if (object.is_nil()) return Fail(node, "cannot fetch field from <nil>");
  return Fail(node, fmt::format("cannot call {} of {}", node.text, object.TypeName()));
}

}  // namespace tarn::hooks::condition
