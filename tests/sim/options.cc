#include "options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

namespace tarn::sim {
namespace {

Status NoCase(std::string_view part) {
  return {Code::kInvalidValue, "no case of a simulation: " + std::string(part)};
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
Status ParseNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() ? Status() : NoCase(text);
}

// Lists. ----------------------------------------------------------------------------------------

/// "2.7": the operation of that number of that client.
std::string OperationText(uint32_t number) {
  return std::to_string(number / kOperationsMax) + "." + std::to_string(number % kOperationsMax);
}

Status ParseOperation(std::string_view text, uint32_t* number) {
  const size_t dot = text.find('.');
  if (dot == text.npos) return NoCase(text);
  uint32_t client = 0, index = 0;
  TARN_TRY(ParseNumber(text.substr(0, dot), &client));
  TARN_TRY(ParseNumber(text.substr(dot + 1), &index));
  *number = client * kOperationsMax + index;
  return {};
}

std::string ListText(const std::vector<uint32_t>& numbers, std::string (*text_of)(uint32_t)) {
  std::string text;
  for (const uint32_t number : numbers) text += (text.empty() ? "" : ",") + text_of(number);
  return text;
}

Status ParseList(std::string_view text, Status (*parse)(std::string_view, uint32_t*),
                 std::optional<std::vector<uint32_t>>* list) {
  list->emplace();
  if (text.empty()) return {};
  for (const std::string_view part : Split(text, ',')) {
    TARN_TRY(parse(part, &(*list)->emplace_back()));
  }
  std::sort((*list)->begin(), (*list)->end());
  return {};
}

// Troubles. -------------------------------------------------------------------------------------

std::string OffText(const FaultRates& faults) {
  std::string text;
  for (const FaultName& fault : kFaultNames) {
    if (faults.*fault.rate == 0) text += (text.empty() ? "" : ",") + std::string(fault.name);
  }
  return text;
}

Status ParseOff(std::string_view text, FaultRates* faults) {
  for (const std::string_view name : Split(text, ',')) {
    const auto found = std::find_if(std::begin(kFaultNames), std::end(kFaultNames),
                                    [&](const FaultName& fault) { return fault.name == name; });
    if (found == std::end(kFaultNames)) return NoCase(name);
    faults->*(found->rate) = 0;
  }
  return {};
}

constexpr std::string_view kAny = "*";

template <class Kind, size_t n>
std::string KindText(const std::array<std::string_view, n>& names,
                     const std::optional<Kind>& kind) {
  return std::string(kind ? names[static_cast<size_t>(*kind)] : kAny);
}

template <class Kind, size_t n>
Status ParseKind(const std::array<std::string_view, n>& names, std::string_view text,
                 std::optional<Kind>* kind) {
  if (text == kAny) return {};
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return NoCase(text);
  *kind = static_cast<Kind>(found - names.begin());
  return {};
}

std::string SteerText(const Steer& steer) {
  return steer.verb + "/" + KindText(kCallNames, steer.call) + "/" +
         KindText(kTroubleNames, steer.trouble);
}

Status ParseSteer(std::string_view text, Steer* steer) {
  const auto parts = Split(text, '/');
  if (parts.size() != 3) return NoCase(text);
  steer->verb = parts[0];
  TARN_TRY(ParseKind(kCallNames, parts[1], &steer->call));
  return ParseKind(kTroubleNames, parts[2], &steer->trouble);
}

Status ParsePart(std::string_view part, SimulationOptions* options) {
  const size_t is = part.find('=');
  if (is == part.npos) return NoCase(part);
  const std::string_view key = part.substr(0, is), value = part.substr(is + 1);
  if (key == "schedule") return ParseNumber(value, &options->schedule.emplace());
  if (key == "servers") return ParseNumber(value, &options->servers);
  if (key == "janitors") return ParseNumber(value, &options->janitors);
  if (key == "off") return ParseOff(value, &options->faults);
  if (key == "steer") return ParseSteer(value, &options->steer.emplace());
  if (key == "operations") return ParseList(value, &ParseOperation, &options->only_operations);
  if (key == "troubles") return ParseList(value, &ParseNumber<uint32_t>, &options->only_troubles);
  return NoCase(part);
}

}  // namespace

std::string CaseText(const SimulationOptions& options) {
  const SimulationOptions usual;
  std::string text = std::to_string(options.seed);
  const auto add = [&](const char* key, const std::string& value) {
    text += ":" + std::string(key) + "=" + value;
  };
  if (options.schedule) add("schedule", std::to_string(*options.schedule));
  if (options.servers != usual.servers) add("servers", std::to_string(options.servers));
  if (options.janitors != usual.janitors) add("janitors", std::to_string(options.janitors));
  if (const std::string off = OffText(options.faults); !off.empty()) add("off", off);
  if (options.steer) add("steer", SteerText(*options.steer));
  if (options.only_operations) {
    add("operations", ListText(*options.only_operations, &OperationText));
  }
  if (options.only_troubles) {
    add("troubles",
        ListText(*options.only_troubles, [](uint32_t number) { return std::to_string(number); }));
  }
  return text;
}

Result<SimulationOptions> ParseCase(std::string_view text) {
  SimulationOptions options;
  const auto parts = Split(text, ':');
  TARN_TRY(ParseNumber(parts.front(), &options.seed));
  for (size_t i = 1; i < parts.size(); ++i) TARN_TRY(ParsePart(parts[i], &options));
  return options;
}

}  // namespace tarn::sim
