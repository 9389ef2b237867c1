// Built-in functions of conditions: the table, and those on numbers, texts and times.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "codec/base64.h"
#include "codec/go_duration.h"
#include "codec/go_number.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "fmt/format.h"
#include "hooks/condition/evaluate.h"
#include "hooks/condition/list_functions.h"

namespace tarn::hooks::condition {
namespace {

using Arguments = std::span<const Value>;

Status Wrong(Evaluator& evaluator, const Node& call, const Value& argument) {
  return evaluator.Fail(
      call, fmt::format("invalid argument for {} (type {})", call.text, argument.TypeName()));
}

/// The text of an argument.
Result<const std::string*> TextAt(Evaluator& evaluator, const Node& call, Arguments arguments,
                                  size_t i) {
  const std::string* const text = arguments[i].As<std::string>();
  if (text == nullptr) return Wrong(evaluator, call, arguments[i]);
  return text;
}

template <class Change>
Result<Value> Changed(Evaluator& evaluator, const Node& call, Arguments arguments, Change change) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, arguments, 0));
  TARN_TRY(evaluator.Take(text->size()));
  return Value(std::string(change(*text)));
}

template <class Make>
Result<Value> OfTwoTexts(Evaluator& evaluator, const Node& call, Arguments arguments, Make make) {
  TARN_TRY_ASSIGN(const std::string* const a, TextAt(evaluator, call, arguments, 0));
  TARN_TRY_ASSIGN(const std::string* const b, TextAt(evaluator, call, arguments, 1));
  TARN_TRY(evaluator.Take(a->size()));
  return Value(make(std::string_view(*a), std::string_view(*b)));
}

std::string TextOf(const Value& value);

Json ToJson(const Value& value) {
  if (const bool* const truth = value.As<bool>()) return Json(*truth);
  if (const int64_t* const integer = value.As<int64_t>()) return Json(*integer);
  if (value.is_number()) return Json(Json::Number{TextOf(value)});
  if (const std::string* const text = value.As<std::string>()) return Json(*text);
  if (value.list() != nullptr) {
    Json::Array items;
    for (const Value& item : value.list()->items) items.push_back(ToJson(item));
    return Json(std::move(items));
  }
  if (value.map() != nullptr) {
    Json::Object members;
    for (const auto& [name, item] : *value.map()) members.emplace_back(name, ToJson(item));
    return Json(std::move(members));
  }
  return value.is_nil() ? Json() : Json(TextOf(value));
}

Value FromJson(const Json& json) {
  if (json.is_bool()) return Value(json.boolean());
  if (json.is_number()) return Value(json.AsDouble().value_or(0));
  if (json.is_string()) return Value(json.string());
  if (json.is_array()) {
    List list;
    for (const Json& item : json.items()) list.items.push_back(FromJson(item));
    return Value(std::move(list));
  }
  if (json.is_object()) {
    Map map;
    for (const auto& [name, item] : json.members()) map[name] = FromJson(item);
    return Value(std::move(map));
  }
  return Value();
}

std::string TextOf(const Value& value) {
  if (const std::string* const text = value.As<std::string>()) return *text;
  if (const auto* const duration = value.As<Value::Duration>()) return FormatGoDuration(*duration);
  if (const Timestamp* const time = value.As<Timestamp>()) return FormatRfc3339(*time);
  if (const bool* const truth = value.As<bool>()) return *truth ? "true" : "false";
  if (const int64_t* const integer = value.As<int64_t>()) return std::to_string(*integer);
  if (value.is_number()) {
    std::string text;
    JsonWriter(&text).Double(value.number());
    return text;
  }
  return value.is_nil() ? "<nil>" : ToJsonText(ToJson(value));
}

template <class Number>
std::optional<Number> ReadWhole(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Numbers. ------------------------------------------------------------------------------------

Result<Value> Int(Evaluator& evaluator, const Node& call, Arguments a) {
  if (const int64_t* const integer = a[0].As<int64_t>()) return Value(*integer);
  if (a[0].is_number()) {
    const double number = a[0].number();
    if (std::abs(number) < 9e18) return Value(static_cast<int64_t>(number));
  } else if (const std::string* const text = a[0].As<std::string>()) {
    if (const auto number = ReadWhole<int64_t>(*text)) return Value(*number);
  }
  return Wrong(evaluator, call, a[0]);
}

Result<Value> Float(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].is_number()) return Value(a[0].number());
  if (const std::string* const text = a[0].As<std::string>()) {
    if (const auto number = ReadWhole<double>(*text)) return Value(*number);
  }
  return Wrong(evaluator, call, a[0]);
}

Result<Value> Abs(Evaluator& evaluator, const Node& call, Arguments a) {
  if (!a[0].is_number()) return Wrong(evaluator, call, a[0]);
  const int64_t* const integer = a[0].As<int64_t>();
  if (integer == nullptr) return Value(std::abs(a[0].number()));
  return Value(*integer < 0 ? static_cast<int64_t>(-static_cast<uint64_t>(*integer)) : *integer);
}

/// The numbers of the arguments, and of lists among them.
Result<std::vector<Value>> Numbers(Evaluator& evaluator, const Node& call, Arguments a) {
  std::vector<Value> numbers;
  for (const Value& argument : a) {
    const std::span<const Value> items =
        argument.list() != nullptr ? Arguments(argument.list()->items) : Arguments(&argument, 1);
    for (const Value& item : items) {
      if (!item.is_number()) return Wrong(evaluator, call, item);
      numbers.push_back(item);
    }
  }
  TARN_TRY(evaluator.Take(numbers.size() * sizeof(Value)));
  return numbers;
}

bool IsLess(const Value& a, const Value& b) { return a.number() < b.number(); }

Result<Value> Max(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const auto numbers, Numbers(evaluator, call, a));
  return numbers.empty() ? Value() : *std::max_element(numbers.begin(), numbers.end(), IsLess);
}
Result<Value> Min(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const auto numbers, Numbers(evaluator, call, a));
  return numbers.empty() ? Value() : *std::min_element(numbers.begin(), numbers.end(), IsLess);
}
Result<Value> Sum(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const auto numbers, Numbers(evaluator, call, a));
  uint64_t whole = 0;
  double real = 0;
  bool is_whole = true;
  for (const Value& number : numbers) {
    const int64_t* const integer = number.As<int64_t>();
    is_whole = is_whole && integer != nullptr;
    if (integer != nullptr) whole += static_cast<uint64_t>(*integer);
    real += number.number();
  }
  return is_whole ? Value(static_cast<int64_t>(whole)) : Value(real);
}
Result<Value> Mean(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const auto numbers, Numbers(evaluator, call, a));
  double sum = 0;
  for (const Value& number : numbers) sum += number.number();
  return Value(numbers.empty() ? 0 : sum / static_cast<double>(numbers.size()));
}
Result<Value> Median(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(auto numbers, Numbers(evaluator, call, a));
  if (numbers.empty()) return Value(0.0);
  std::stable_sort(numbers.begin(), numbers.end(), IsLess);
  const size_t middle = numbers.size() / 2;
  if (numbers.size() % 2 == 1) return Value(numbers[middle].number());
  return Value((numbers[middle - 1].number() + numbers[middle].number()) / 2);
}

// Texts. --------------------------------------------------------------------------------------

Result<Value> Len(Evaluator& evaluator, const Node& call, Arguments a) {
  size_t size = 0;
  if (const std::string* const text = a[0].As<std::string>()) {
    size = CountRunes(*text);
  } else if (a[0].list() != nullptr) {
    size = a[0].list()->items.size();
  } else if (a[0].map() != nullptr) {
    size = a[0].map()->size();
  } else {
    return Wrong(evaluator, call, a[0]);
  }
  return Value(static_cast<int64_t>(size));
}
Result<Value> Type(Evaluator&, const Node&, Arguments a) {
  return Value(std::string(a[0].TypeName()));
}
Result<Value> String(Evaluator& evaluator, const Node&, Arguments a) {
  std::string text = TextOf(a[0]);
  TARN_TRY(evaluator.Take(text.size()));
  return Value(std::move(text));
}

/// Letters of ASCII only.
std::string WithCase(std::string text, char first, char last) {
  for (char& c : text) c = c >= first && c <= last ? static_cast<char>(c ^ 0x20) : c;
  return text;
}
Result<Value> Upper(Evaluator& evaluator, const Node& call, Arguments a) {
  return Changed(evaluator, call, a, [](const std::string& t) { return WithCase(t, 'a', 'z'); });
}
Result<Value> Lower(Evaluator& evaluator, const Node& call, Arguments a) {
  return Changed(evaluator, call, a, [](const std::string& t) { return WithCase(t, 'A', 'Z'); });
}
Result<Value> Trim(Evaluator& evaluator, const Node& call, Arguments a) {
  std::string_view blanks = " \t\r\n\v\f";
  if (a.size() > 1) {
    TARN_TRY_ASSIGN(const std::string* const cut, TextAt(evaluator, call, a, 1));
    blanks = *cut;
  }
  return Changed(evaluator, call, a, [&](const std::string& text) {
    const size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) return std::string();
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
  });
}
Result<Value> TrimPrefix(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfTwoTexts(evaluator, call, a, [](std::string_view text, std::string_view part) {
    return std::string(text.starts_with(part) ? text.substr(part.size()) : text);
  });
}
Result<Value> TrimSuffix(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfTwoTexts(evaluator, call, a, [](std::string_view text, std::string_view part) {
    return std::string(text.ends_with(part) ? text.substr(0, text.size() - part.size()) : text);
  });
}
Result<Value> HasPrefix(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfTwoTexts(evaluator, call, a,
                    [](auto text, auto part) { return text.starts_with(part); });
}
Result<Value> HasSuffix(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfTwoTexts(evaluator, call, a, [](auto text, auto part) { return text.ends_with(part); });
}
int64_t Position(size_t at) { return at == std::string_view::npos ? -1 : static_cast<int64_t>(at); }
Result<Value> IndexOf(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfTwoTexts(evaluator, call, a,
                    [](auto text, auto part) { return Position(text.find(part)); });
}
Result<Value> LastIndexOf(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfTwoTexts(evaluator, call, a,
                    [](auto text, auto part) { return Position(text.rfind(part)); });
}

Result<Value> SplitKeeping(Evaluator& evaluator, const Node& call, Arguments a, bool keep) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  TARN_TRY_ASSIGN(const std::string* const by, TextAt(evaluator, call, a, 1));
  List list{{}, ListKind::kTexts};
  std::string_view rest = *text;
  for (;;) {
    TARN_TRY(evaluator.Take(sizeof(Value) + 32));
    const size_t at = by->empty() ? (rest.size() > 1 ? FirstRune(rest).length : std::string::npos)
                                  : rest.find(*by);
    if (at == std::string_view::npos || at >= rest.size() + 1) break;
    if (by->empty() && at >= rest.size()) break;
    list.items.emplace_back(std::string(rest.substr(0, keep ? at + by->size() : at)));
    rest.remove_prefix(at + by->size());
  }
  if (!by->empty() || !rest.empty()) list.items.emplace_back(std::string(rest));
  return Value(std::move(list));
}
Result<Value> Split(Evaluator& evaluator, const Node& call, Arguments a) {
  return SplitKeeping(evaluator, call, a, false);
}
Result<Value> SplitAfter(Evaluator& evaluator, const Node& call, Arguments a) {
  return SplitKeeping(evaluator, call, a, true);
}

Result<Value> Replace(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  TARN_TRY_ASSIGN(const std::string* const from, TextAt(evaluator, call, a, 1));
  TARN_TRY_ASSIGN(const std::string* const to, TextAt(evaluator, call, a, 2));
  if (from->empty()) return Value(*text);
  std::string changed;
  std::string_view rest = *text;
  for (size_t at = rest.find(*from); at != std::string_view::npos; at = rest.find(*from)) {
    TARN_TRY(evaluator.Take(at + to->size() + 1));
    changed.append(rest.substr(0, at)).append(*to);
    rest.remove_prefix(at + from->size());
  }
  TARN_TRY(evaluator.Take(rest.size()));
  return Value(changed.append(rest));
}

Result<Value> Repeat(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  const int64_t* const times = a[1].As<int64_t>();
  if (times == nullptr || *times < 0) return Wrong(evaluator, call, a[1]);
  std::string repeated;
  for (int64_t i = 0; i < *times; ++i) {
    TARN_TRY(evaluator.Take(text->size() + 1));
    repeated += *text;
  }
  return Value(std::move(repeated));
}

Result<Value> Join(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  std::string_view glue;
  if (a.size() > 1) {
    TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 1));
    glue = *text;
  }
  std::string joined;
  for (const Value& item : a[0].list()->items) {
    const std::string* const text = item.As<std::string>();
    if (text == nullptr) return Wrong(evaluator, call, item);
    TARN_TRY(evaluator.Take(text->size() + glue.size()));
    if (&item != a[0].list()->items.data()) joined += glue;
    joined += *text;
  }
  return Value(std::move(joined));
}

Result<Value> ToJsonValue(Evaluator& evaluator, const Node&, Arguments a) {
  std::string text = ToJsonText(ToJson(a[0]));
  TARN_TRY(evaluator.Take(text.size()));
  return Value(std::move(text));
}
Result<Value> FromJsonValue(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  TARN_TRY(evaluator.Take(text->size() * sizeof(Value)));
  const auto json = ParseJson(*text, {.depth_max = 100, .trailing = JsonTrailing::kRefuse});
  if (!json.ok()) return evaluator.Fail(call, json.status().message());
  return FromJson(*json);
}
Result<Value> ToBase64(Evaluator& evaluator, const Node& call, Arguments a) {
  return Changed(evaluator, call, a, [](const std::string& text) { return EncodeBase64(text); });
}
Result<Value> FromBase64(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  auto bytes = DecodeBase64(*text);
  if (!bytes) return evaluator.Fail(call, "illegal base64 data");
  TARN_TRY(evaluator.Take(bytes->size()));
  return Value(std::move(*bytes));
}

// Times. --------------------------------------------------------------------------------------

Result<Value> Now(Evaluator& evaluator, const Node&, Arguments) {
  return Value(evaluator.facts().now);
}
Result<Value> Duration(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  const auto duration = ParseGoDuration(*text);
  if (!duration.ok()) return evaluator.Fail(call, duration.status().message());
  return Value(*duration);
}
Result<Value> Date(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const std::string* const text, TextAt(evaluator, call, a, 0));
  const ReadTimeResult read = ReadTime(*text);
  if (!read.error.empty()) return evaluator.Fail(call, "invalid date " + *text);
  return Value(read.time);
}

constexpr size_t kMany = 64;
constexpr std::array<Function, 32> kFunctions = {{
    {"abs", 1, 1, Abs},
    {"date", 1, 3, Date},
    {"duration", 1, 1, Duration},
    {"float", 1, 1, Float},
    {"fromBase64", 1, 1, FromBase64},
    {"fromJSON", 1, 1, FromJsonValue},
    {"hasPrefix", 2, 2, HasPrefix},
    {"hasSuffix", 2, 2, HasSuffix},
    {"indexOf", 2, 2, IndexOf},
    {"int", 1, 1, Int},
    {"join", 1, 2, Join},
    {"lastIndexOf", 2, 2, LastIndexOf},
    {"len", 1, 1, Len},
    {"lower", 1, 1, Lower},
    {"max", 1, kMany, Max},
    {"mean", 1, kMany, Mean},
    {"median", 1, kMany, Median},
    {"min", 1, kMany, Min},
    {"now", 0, 0, Now},
    {"repeat", 2, 2, Repeat},
    {"replace", 3, 3, Replace},
    {"split", 2, 2, Split},
    {"splitAfter", 2, 2, SplitAfter},
    {"string", 1, 1, String},
    {"sum", 1, kMany, Sum},
    {"toBase64", 1, 1, ToBase64},
    {"toJSON", 1, 1, ToJsonValue},
    {"trim", 1, 2, Trim},
    {"trimPrefix", 2, 2, TrimPrefix},
    {"trimSuffix", 2, 2, TrimSuffix},
    {"type", 1, 1, Type},
    {"upper", 1, 1, Upper},
}};

}  // namespace

const Function* FindFunction(std::string_view name) {
  for (const std::span<const Function> table :
       {std::span<const Function>(kFunctions), ListFunctions()}) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Function& row) { return row.name == name; });
    if (found != table.end()) return &*found;
  }
  return nullptr;
}

}  // namespace tarn::hooks::condition
