#include "server/settings.h"

#include <charconv>

#include "base/check.h"
#include "base/text.h"
#include "codec/json.h"
#include "fmt/format.h"
#include "server/duration.h"

namespace tarn::server {
namespace {

using List = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

Status BadValue(const KeySpec& key, std::string_view why) {
  return {Code::kInvalidValue, fmt::format("bad configuration: {}: {}", key.name, why)};
}

constexpr std::string_view kSpace = " \t\r\n";

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<bool> ParseBool(std::string_view text) {
  for (const auto* word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return true;
  }
  for (const auto* word : {"", "0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

template <class T>
std::optional<T> ParseNumber(std::string_view text) {
  if (text.empty()) return T{};
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A list from one scalar: a JSON array as the environment carries it, else one element. Domain
// names may also be separated by commas.
Result<List> ListFromText(const KeySpec& key, const std::string& text) {
  if (text.empty()) return List{};
  if (text.starts_with('[')) {
    const auto parsed = ParseJson(text, {.trailing = JsonTrailing::kRefuse});
    if (!parsed.ok()) return BadValue(key, "expected a JSON array of texts");
    List list;
    for (const Json& item : parsed->items()) {
      if (!item.is_string()) return BadValue(key, "expected a JSON array of texts");
      list.push_back(item.string());
    }
    return list;
  }
  if (key.name != "gateways.s3.domain_name") return List{text};
  List list;
  for (const auto part : Split(text, ',')) list.emplace_back(Trim(part, kSpace));
  return list;
}

Result<Map> MapFromText(const KeySpec& key, std::string_view text) {
  Map map;
  if (text.empty()) return map;
  for (const auto pair : Split(text, ',')) {
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
      return BadValue(key, fmt::format("invalid key-value pair: {}", pair));
    }
    map[std::string(Trim(pair.substr(0, equals), kSpace))] = Trim(pair.substr(equals + 1), kSpace);
  }
  return map;
}

}  // namespace

Settings::Settings() {
  for (const KeySpec& key : AllKeys()) {
    slots_.emplace(key.name, Slot{&key, std::string()});
    TARN_CHECK(Set(key, RawValue{std::string(key.default_text)}, true).ok());
  }
}

Status Settings::Set(const KeySpec& key, const RawValue& raw, bool is_default) {
  Slot& slot = slots_.find(key.name)->second;
  slot.set = slot.set || !is_default;
  if (key.type == KeyType::kList) {
    if (const auto* list = std::get_if<List>(&raw.value)) {
      slot.value = *list;
      return {};
    }
  }
  if (key.type == KeyType::kMap) {
    if (const auto* map = std::get_if<Map>(&raw.value)) {
      slot.value = *map;
      return {};
    }
  }
  const auto* text = std::get_if<std::string>(&raw.value);
  if (text == nullptr) {
    return BadValue(key, std::holds_alternative<List>(raw.value) ? "a list does not fit here"
                                                                 : "expected a value, not a map");
  }
  switch (key.type) {
    case KeyType::kBool:
      if (const auto value = ParseBool(*text)) return slot.value = *value, Status();
      return BadValue(key, fmt::format("expected true or false, not \"{}\"", *text));
    case KeyType::kInt:
      if (const auto value = ParseNumber<int64_t>(*text)) return slot.value = *value, Status();
      return BadValue(key, fmt::format("expected a whole number, not \"{}\"", *text));
    case KeyType::kFloat:
      if (const auto value = ParseNumber<double>(*text)) return slot.value = *value, Status();
      return BadValue(key, fmt::format("expected a number, not \"{}\"", *text));
    case KeyType::kDuration:
      if (const auto value = ParseDuration(*text)) return slot.value = *value, Status();
      return BadValue(key, fmt::format("expected a duration such as 1h30m, not \"{}\"", *text));
    case KeyType::kList: {
      TARN_TRY_ASSIGN(slot.value, ListFromText(key, *text));
      return {};
    }
    case KeyType::kMap: {
      TARN_TRY_ASSIGN(slot.value, MapFromText(key, *text));
      return {};
    }
    case KeyType::kText:
    case KeyType::kSecret:
    case KeyType::kJson:
      slot.value = *text;
      return {};
  }
  return {};
}

const Settings::Slot& Settings::Find(std::string_view key) const {
  const auto found = slots_.find(key);
  TARN_CHECK(found != slots_.end());
  return found->second;
}

template <class T>
const T& Settings::Get(std::string_view key) const {
  const T* value = std::get_if<T>(&Find(key).value);
  TARN_CHECK(value != nullptr);
  return *value;
}

bool Settings::GetBool(std::string_view key) const { return Get<bool>(key); }
int64_t Settings::GetInt(std::string_view key) const { return Get<int64_t>(key); }
double Settings::GetFloat(std::string_view key) const { return Get<double>(key); }
const std::string& Settings::GetText(std::string_view key) const { return Get<std::string>(key); }
int64_t Settings::GetDurationMs(std::string_view key) const {
  return Get<int64_t>(key) / 1'000'000;
}
const List& Settings::GetList(std::string_view key) const { return Get<List>(key); }
const Map& Settings::GetMap(std::string_view key) const { return Get<Map>(key); }
bool Settings::IsSet(std::string_view key) const { return Find(key).set; }

std::vector<std::string> Settings::Describe(Describing which) const {
  struct Writer {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(int64_t value) const { return fmt::to_string(value); }
    std::string operator()(double value) const { return fmt::to_string(value); }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(const List& value) const {
      return fmt::format("[{}]", fmt::join(value, " "));
    }
    std::string operator()(const Map& value) const {
      std::string text;
      for (const auto& [name, item] : value) text += (text.empty() ? "" : ",") + name + "=" + item;
      return text;
    }
  };
  std::vector<std::string> lines;
  for (const auto& [name, slot] : slots_) {
    if (which == Describing::kGiven && !slot.set) continue;
    const std::string text = std::visit(Writer(), slot.value);
    const bool secret = slot.spec->type == KeyType::kSecret;
    lines.push_back(
        fmt::format("{}={}", name, secret ? (text.empty() ? "------" : "******") : text.c_str()));
  }
  return lines;
}

}  // namespace tarn::server
