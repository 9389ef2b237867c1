// Module `time`. Moments are nanoseconds since 1970, as far as a double holds them.
#include <cmath>

#include "base/clock.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/time_layout.h"
#include "hooks/lua/time_zone.h"

namespace tarn::hooks::lua {
namespace {

constexpr std::string_view kIso = "2006-01-02T15:04:05-07:00";
constexpr int64_t kSecondNs = 1'000'000'000;

int64_t NowNs() {
  const Timestamp now = SystemClock().Now();
  return now.seconds * kSecondNs + now.nanos;
}

/// Times that 64 bits do not hold wrap, as the reference's do.
double ToNs(Timestamp time) {
  const uint64_t ns =
      static_cast<uint64_t>(time.seconds) * kSecondNs + static_cast<uint64_t>(time.nanos);
  return static_cast<double>(static_cast<int64_t>(ns));
}

Status Now(Call& call) {
  call.Return(static_cast<double>(NowNs()));
  return {};
}

Status Since(Call& call) {
  TARN_TRY_ASSIGN(const int64_t begin, call.Integer(1));
  call.Return(static_cast<double>(NowNs()) - static_cast<double>(begin));
  return {};
}

Status Sleep(Call& call) {
  TARN_TRY_ASSIGN(const int64_t time_ns, call.Integer(1));
  call.host().Sleep(std::chrono::nanoseconds(time_ns));
  call.Return(static_cast<double>(time_ns));
  return {};
}

Status FormatAs(Call& call, std::string_view layout, std::string_view zone_name) {
  TARN_TRY_ASSIGN(const int64_t time_ns, call.Integer(1));
  TARN_TRY_ASSIGN(const TimeZone zone, TimeZone::Load(zone_name));
  const Timestamp time{time_ns / kSecondNs, 0};  // To the second; fractions are cut off.
  TARN_TRY(call.Allow(layout.size() * 10));      // "1" can become "September".
  call.Return(FormatByLayout(time, zone.At(time.seconds), layout));
  return {};
}

/// format(ns, layout, zone)
Status Format(Call& call) {
  TARN_TRY(call.Integer(1));
  TARN_TRY_ASSIGN(const std::string_view layout, call.Text(2));
  TARN_TRY_ASSIGN(const std::string_view zone, call.Text(3));
  return FormatAs(call, layout, zone);
}

/// format_iso(ns[, zone])
Status FormatIso(Call& call) {
  TARN_TRY(call.Integer(1));
  std::string_view zone;
  if (call.Has(2)) {
    TARN_TRY_ASSIGN(zone, call.Text(2));
  }
  return FormatAs(call, kIso, zone);
}

/// add(ns, {hour=, minute=, second=})
Status Add(Call& call) {
  TARN_TRY_ASSIGN(const int64_t begin, call.Integer(1));
  TARN_TRY_ASSIGN(const Json parts, call.Table(2));
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"hour", 3600e9}, {"minute", 60e9}, {"second", 1e9}};
  double sum = static_cast<double>(begin);
  for (const auto& [name, unit] : kUnits) {
    const Json* const part = parts.Find(name);
    if (part != nullptr) sum += std::trunc(part->AsDouble().value_or(0)) * unit;
  }
  call.Return(sum);
  return {};
}

Status Parse(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view layout, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(2));
  TARN_TRY_ASSIGN(const Timestamp time, ParseByLayout(layout, text));
  call.Return(ToNs(time));
  return {};
}

Status ParseIso(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const Timestamp time, ParseByLayout(kIso, text));
  call.Return(ToNs(time));
  return {};
}

constexpr Function kFunctions[] = {
    {"add", Native<Add>},     {"format", Native<Format>}, {"format_iso", Native<FormatIso>},
    {"now", Native<Now>},     {"parse", Native<Parse>},   {"parse_iso", Native<ParseIso>},
    {"since", Native<Since>}, {"sleep", Native<Sleep>},
};

}  // namespace

std::span<const Function> TimeModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
