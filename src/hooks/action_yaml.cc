#include "hooks/action_yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "codec/rfc3339.h"
#include "codec/utf8.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace tarn::hooks {
namespace {

constexpr int kDepthMax = 100;
constexpr size_t kShownBytesMax = 10;  ///< Of a value in an error.

constexpr std::string_view kNullTag = "!!null", kStringTag = "!!str", kIntTag = "!!int",
                           kFloatTag = "!!float", kBoolTag = "!!bool", kTimeTag = "!!timestamp";

std::string LineOf(const YAML::Node& node) { return std::to_string(node.Mark().line + 1); }

std::optional<std::string> IntegerLiteral(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  std::string_view digits = text;
  const bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
  constexpr std::array<std::pair<std::string_view, int>, 4> kBases = {
      {{"0x", 16}, {"0o", 8}, {"0b", 2}, {"", 10}}};
  const auto base = std::find_if(kBases.begin(), kBases.end(),
                                 [&](const auto& row) { return digits.starts_with(row.first); });
  digits.remove_prefix(base->first.size());
  if (digits.empty() || digits.front() == '-') return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base->second);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (is_negative && value > uint64_t{1} << 63) return std::nullopt;
  return (is_negative && value != 0 ? "-" : "") + std::to_string(value);
}

std::optional<double> FloatValue(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::nan("");
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  if (text == ".inf" || text == ".Inf" || text == ".INF") {
    value = HUGE_VAL;
  } else {
    const bool is_number = !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '.');
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!is_number || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  }
  return is_negative ? -value : value;
}

std::optional<bool> BoolValue(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

/// A date alone counts too.
std::optional<Timestamp> TimeValue(const std::string& text) {
  if (const auto time = ParseRfc3339Utc(text)) return time;
  return ParseRfc3339Utc(text + "T00:00:00Z");
}

/// What the reference calls the kind of a node.
std::string_view TagOf(const YAML::Node& node) {
  if (node.IsMap()) return "!!map";
  if (node.IsSequence()) return "!!seq";
  if (node.IsNull()) return kNullTag;
  if (node.Tag() != "?" && !node.Tag().empty()) return kStringTag;
  const std::string& text = node.Scalar();
  if (BoolValue(text)) return kBoolTag;
  if (IntegerLiteral(text)) return kIntTag;
  if (FloatValue(text)) return kFloatTag;
  return TimeValue(text) ? kTimeTag : kStringTag;
}

class Reader {
 public:
  Action ReadDocument(const YAML::Node& node) {
    Action action;
    ForEachField(node, "actions.Action", [&](const std::string& name, const YAML::Node& value) {
      if (name == "name") action.name = Text(value);
      if (name == "description") action.description = Text(value);
      if (name == "on") ReadEvents(value, &action);
      if (name == "hooks") ReadHooks(value, &action);
    });
    return action;
  }

  const std::vector<std::string>& problems() const { return problems_; }
  /// Why the document was not read to its end; empty if it was.
  const std::string& refused() const { return refused_; }

 private:
  using Members = std::vector<std::pair<YAML::Node, YAML::Node>>;

  void Refuse(const YAML::Node& node, std::string_view type) {
    std::string shown;
    if (node.IsScalar()) {
      const std::string& text = node.Scalar();
      shown = text.size() > kShownBytesMax ? text.substr(0, kShownBytesMax - 3) + "..." : text;
      shown = " `" + shown + "`";
    }
    problems_.push_back(fmt::format("line {}: cannot unmarshal {}{} into {}", LineOf(node),
                                    TagOf(node), shown, type));
  }

  /// The members of a map with those that "<<" takes in; what is said here wins.
  Members MembersOf(const YAML::Node& map, int depth = 0) {
    Members own, merged;
    if (depth > kDepthMax) return GiveUp("merge keys are nested too deeply"), own;
    for (const auto& member : map) {
      const bool is_merge = member.first.IsScalar() && member.first.Scalar() == "<<" &&
                            TagOf(member.first) == kStringTag && member.first.Tag() != "!";
      if (!is_merge) {
        NoteRepeated(own, member.first);
        own.emplace_back(member.first, member.second);
      } else if (member.second.IsSequence()) {
        for (const YAML::Node& part : member.second) TakeIn(part, depth, &merged);
      } else {
        TakeIn(member.second, depth, &merged);
      }
    }
    for (auto& [key, value] : merged) {
      if (FindIn(own, key) == own.end()) own.emplace_back(key, value);
    }
    return own;
  }

  void TakeIn(const YAML::Node& part, int depth, Members* merged) {
    if (!part.IsMap()) return GiveUp("map merge requires map or sequence of maps as the value");
    if (!refused_.empty()) return;
    for (auto& [key, value] : MembersOf(part, depth + 1)) {
      if (FindIn(*merged, key) == merged->end()) merged->emplace_back(key, value);
    }
    if (merged->size() > kPropertyValuesMax) GiveUp(kTooMuch);
  }

  static Members::iterator FindIn(Members& members, const YAML::Node& key) {
    return std::find_if(members.begin(), members.end(), [&](const auto& member) {
      return member.first.IsScalar() && key.IsScalar() && member.first.Scalar() == key.Scalar();
    });
  }

  void NoteRepeated(Members& members, const YAML::Node& key) {
    const auto first = FindIn(members, key);
    if (first == members.end()) return;
    problems_.push_back(fmt::format("line {}: mapping key {} already defined at line {}",
                                    LineOf(key), Quote(key.Scalar()), LineOf(first->first)));
  }

  template <class Take>
  void ForEachField(const YAML::Node& node, std::string_view type, const Take& take) {
    if (node.IsNull()) return;
    if (!node.IsMap()) return Refuse(node, type);
    for (const auto& [key, value] : MembersOf(node)) {
      if (key.IsScalar()) take(key.Scalar(), value);
    }
  }

  std::string Text(const YAML::Node& node) {
    if (node.IsNull()) return {};
    if (node.IsScalar()) return node.Scalar();
    Refuse(node, "string");
    return {};
  }

  void ReadEvents(const YAML::Node& node, Action* action) {
    constexpr std::string_view kType = "map[graveler.EventType]*actions.ActionOn";
    ForEachField(node, kType, [&](const std::string& event, const YAML::Node& value) {
      std::vector<std::string> branches;
      ForEachField(value, "actions.ActionOn", [&](const std::string& name, const YAML::Node& list) {
        if (name != "branches" || list.IsNull()) return;
        if (!list.IsSequence()) return Refuse(list, "[]string");
        for (const YAML::Node& item : list) branches.push_back(Text(item));
      });
      action->on.emplace_back(event, std::move(branches));
    });
  }

  void ReadHooks(const YAML::Node& node, Action* action) {
    if (node.IsNull()) return;
    if (!node.IsSequence()) return Refuse(node, "[]actions.ActionHook");
    for (const YAML::Node& item : node) {
      if (item.IsNull()) continue;
      ActionHook hook;
      ForEachField(item, "actions.ActionHook",
                   [&](const std::string& name, const YAML::Node& value) {
                     if (name == "id") hook.id = Text(value);
                     if (name == "type") hook.type = Text(value);
                     if (name == "description") hook.description = Text(value);
                     if (name == "if") hook.condition = Text(value);
                     if (name == "properties" && !value.IsNull()) {
                       if (!value.IsMap()) return Refuse(value, "actions.Properties");
                       hook.properties = Value(value, 0);
                     }
                   });
      action->hooks.push_back(std::move(hook));
    }
  }

  Json Value(const YAML::Node& node, int depth) {
    // Aliases repeat what they name, so a short text can be a large value.
    if (++values_ > kPropertyValuesMax) GiveUp(kTooMuch);
    if (depth > kDepthMax) GiveUp("exceeded max depth of 100");
    if (!refused_.empty()) return Json();
    if (node.IsMap()) {
      Json::Object members;
      for (const auto& [key, value] : MembersOf(node)) {
        members.emplace_back(key.IsScalar() ? key.Scalar() : YAML::Dump(key),
                             Value(value, depth + 1));
      }
      return Json(std::move(members));
    }
    if (node.IsSequence()) {
      Json::Array items;
      for (const YAML::Node& item : node) items.push_back(Value(item, depth + 1));
      return Json(std::move(items));
    }
    return Scalar(node);
  }

  static Json Scalar(const YAML::Node& node) {
    const std::string_view tag = TagOf(node);
    if (tag == kNullTag) return Json();
    const std::string& text = node.Scalar();
    if (tag == kBoolTag) return Json(*BoolValue(text));
    if (tag == kIntTag) return Json(Json::Number{*IntegerLiteral(text)});
    if (tag == kTimeTag) return Json(FormatRfc3339(*TimeValue(text)));
    if (tag != kFloatTag) return Json(text);
    const double value = *FloatValue(text);
    if (!std::isfinite(value)) return Json(text);
    std::string literal;
    JsonWriter(&literal).Double(value);
    return Json(Json::Number{std::move(literal)});
  }

  static constexpr const char* kTooMuch = "document contains excessive aliasing";

  /// From here on nothing is read any more.
  void GiveUp(const char* why) {
    if (refused_.empty()) refused_ = why;
  }

  std::vector<std::string> problems_;
  std::string refused_;
  size_t values_ = 0;
};

/// The library's words for what the reference has words of its own for.
struct Wording {
  std::string_view theirs, ours;
  int line_offset;  ///< To the library's line, which counts from 0.
};
const std::array<Wording, 6> kWordings = {{
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "did not find expected ',' or ']'", 0},
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "did not find expected ',' or '}'", 0},
    {YAML::ErrorMsg::MAP_VALUE, "mapping values are not allowed in this context", 1},
    {YAML::ErrorMsg::MAP_KEY, "mapping keys are not allowed in this context", 1},
    {YAML::ErrorMsg::BLOCK_ENTRY, "block sequence entries are not allowed in this context", 1},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "found a tab character that violates indentation", 1},
}};

std::string_view LineAt(std::string_view text, int line) {
  for (; line > 0 && !text.empty(); --line) {
    const size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::string Explain(const YAML::Exception& failure, std::string_view text) {
  const std::string_view line = LineAt(text, failure.mark.line);
  if (failure.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR)) {
    const size_t star = line.find('*');
    const std::string_view name = star == std::string_view::npos ? "" : line.substr(star + 1);
    return fmt::format("unknown anchor '{}' referenced",
                       name.substr(0, name.find_first_of(" ,]}\r")));
  }
  if (line.starts_with('\t')) {
    return fmt::format("line {}: {}", failure.mark.line + 1, kWordings.back().ours);
  }
  for (const Wording& wording : kWordings) {
    if (!failure.msg.starts_with(wording.theirs)) continue;
    return fmt::format("line {}: {}", failure.mark.line + wording.line_offset, wording.ours);
  }
  return fmt::format("line {}: {}", failure.mark.line + 1, failure.msg);
}

Status NotYaml(std::string_view why) { return {Code::kInternal, "yaml: " + std::string(why)}; }

}  // namespace

Result<Action> ReadActionYaml(std::string_view text) {
  if (static_cast<int64_t>(text.size()) > kActionFileBytesMax) {
    return NotYaml(fmt::format("the file is larger than {} bytes", kActionFileBytesMax));
  }
  if (!IsValidUtf8(text)) return NotYaml("invalid leading UTF-8 octet");
  try {
    Reader reader;
    Action action = reader.ReadDocument(YAML::Load(std::string(text)));
    if (!reader.refused().empty()) return NotYaml(reader.refused());
    if (reader.problems().empty()) return action;
    return NotYaml(fmt::format("unmarshal errors:\n  {}", fmt::join(reader.problems(), "\n  ")));
  } catch (const YAML::Exception& failure) {
    return NotYaml(Explain(failure, text));
  }
}

}  // namespace tarn::hooks
