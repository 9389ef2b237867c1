#include "rest/contract/parameters.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "codec/go_number.h"
#include "codec/url.h"
#include "codec/utf8.h"
#include "rest/contract/patterns.h"

namespace tarn::rest {
namespace {

constexpr std::string_view kIn[] = {"path", "query", "header"};

std::string Quoted(const std::string_view (&allowed)[kEnumMax]) {
  std::string list;
  for (const std::string_view value : allowed)
    if (!value.empty()) list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", value);
  return list;
}

bool IsAllowed(const Parameter& parameter, std::string_view text) {
  if (parameter.allowed[0].empty()) return true;
  for (const std::string_view value : parameter.allowed)
    if (!value.empty() && value == text) return true;
  return false;
}

bool NeedsUnescape(std::string_view text) { return text.find_first_of("%+") != text.npos; }

/// What breaks the schema of the parameter; empty if nothing does.
std::string SchemaProblem(const Parameter& parameter, const ParameterValue& value) {
  if (parameter.bounded && value.integer < parameter.minimum)
    return fmt::format("number must be at least {}", parameter.minimum);
  if (parameter.bounded && value.integer > parameter.maximum)
    return fmt::format("number must be at most {}", parameter.maximum);
  if (!IsAllowed(parameter, value.text))
    return fmt::format("value is not one of the allowed values [{}]", Quoted(parameter.allowed));
  if (!parameter.pattern.empty()) {
    const Pattern& pattern = PatternNamed(parameter.pattern);
    if (!pattern.matches(value.text))
      return fmt::format("string doesn't match the regular expression \"{}\"", pattern.expression);
  }
  if (parameter.type == ParameterType::kDateTime && !IsDateTime(value.text))
    return fmt::format(
        "string doesn't match the format \"date-time\": string doesn't match pattern \"{}\"",
        kDateTimeExpression);
  return {};
}

}  // namespace

ParameterList::ParameterList(const Operation& operation) {
  for (size_t at = 0; (at = operation.path.find('{', at)) != std::string_view::npos;) {
    const size_t end = operation.path.find('}', at);
    const std::string_view name = operation.path.substr(at + 1, end - at - 1);
    const Parameter* special = SpecialPathParameter(name);
    all.push_back(special ? special
                          : &made_.emplace_front(Parameter{
                                .name = name, .in = ParameterIn::kPath, .required = true}));
    at = end;
  }
  path_count = all.size();
  for (const Parameter* parameter : operation.parameters)
    if (parameter) all.push_back(parameter);
  TARN_CHECK(all.size() <= kParametersMax);
}

std::optional<std::string> ParameterSet::Validate(const http::RequestHead& head,
                                                  std::span<const std::string_view> path_segments) {
  ReadPath(head, path_segments);
  ReadQuery(head.query);
  ReadHeaders(head);
  for (size_t i = 0; i < list_.all.size(); ++i) {
    if (auto reason = Check(*list_.all[i], &values_[i]))
      return fmt::format("parameter \"{}\" in {} has an error: {}", list_.all[i]->name,
                         kIn[static_cast<int>(list_.all[i]->in)], *reason);
  }
  return std::nullopt;
}

// The reference routes by the decoded path if its usual escaping gives back what was sent, else by
// the path as sent; the binder then unescapes the segment once more. Clients see this with '%'.
void ParameterSet::ReadPath(const http::RequestHead& head,
                            std::span<const std::string_view> segments) {
  bool usual = false;
  if (head.path.find('%') != std::string_view::npos) {
    const Result<std::string> decoded = PathUnescape(head.path);
    usual = decoded.ok() && EscapePath(*decoded) == head.path;
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    values_[i].text = segments[i];
    values_[i].count = segments[i].empty() ? 0 : 1;
    if (!usual || segments[i].find('%') == std::string_view::npos) continue;
    Result<std::string> decoded = PathUnescape(segments[i]);
    if (decoded.ok()) values_[i].text = Keep(*std::move(decoded));
  }
}

void ParameterSet::ReadQuery(std::string_view query) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    ReadPair(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
  }
}

void ParameterSet::ReadPair(std::string_view name, std::string_view value) {
  if (NeedsUnescape(name)) {
    Result<std::string> decoded = QueryUnescape(name);
    if (!decoded.ok()) return;
    name = Keep(*std::move(decoded));
  }
  size_t i = list_.path_count;
  while (i < list_.all.size() &&
         (list_.all[i]->name != name || list_.all[i]->in != ParameterIn::kQuery))
    ++i;
  if (NeedsUnescape(value)) {
    Result<std::string> decoded = QueryUnescape(value);
    if (!decoded.ok()) return;
    if (i < list_.all.size()) value = Keep(*std::move(decoded));
  }
  if (i == list_.all.size()) return;  // unknown names are ignored
  if (list_.all[i]->type == ParameterType::kStringList) list_items_.emplace_back(i, value);
  if (values_[i].count++ == 0) values_[i].text = value;
}

void ParameterSet::ReadHeaders(const http::RequestHead& head) {
  for (size_t i = list_.path_count; i < list_.all.size(); ++i) {
    if (list_.all[i]->in != ParameterIn::kHeader) continue;
    for (const auto& [name, value] : head.headers) {
      if (!http::EqualsIgnoreCase(name, list_.all[i]->name)) continue;
      if (values_[i].count++ == 0) values_[i].text = value;
    }
  }
}

std::optional<std::string> ParameterSet::Check(const Parameter& parameter,
                                               ParameterValue* value) const {
  const bool found = value->present();
  bool empty = value->text.empty();
  for (const auto& [index, item] : list_items_)
    if (list_.all[index] == &parameter && item.empty()) empty = true;
  if (found && !empty) {
    if (parameter.type == ParameterType::kInteger) {
      const ReadInteger read = ReadPrefixedInteger(value->text);
      if (read.error != NumberError::kNone)
        return fmt::format("value {}: an invalid integer: {}", value->text,
                           NumberErrorText(read.error));
      value->integer = read.value;
    } else if (parameter.type == ParameterType::kBoolean) {
      const std::optional<bool> read = ReadBoolean(value->text);
      if (!read) return fmt::format("value {}: an invalid boolean: invalid syntax", value->text);
      value->boolean = *read;
    }
    std::string problem = SchemaProblem(parameter, *value);
    if (problem.empty()) return std::nullopt;
    return problem;
  }
  if (!found && parameter.required) return "value is required but missing";
  if (!parameter.default_value.empty()) {
    // The default is added to what was sent, so an empty value makes two of them.
    ++value->count;
    value->text = parameter.default_value;
    return std::nullopt;
  }
  if (found && !parameter.allow_empty) return "empty value is not allowed";
  return std::nullopt;
}

std::optional<std::string> ParameterSet::Bind() {
  if (std::exchange(is_bound_, true)) return std::nullopt;
  for (const ParameterIn in : {ParameterIn::kPath, ParameterIn::kQuery, ParameterIn::kHeader}) {
    for (size_t i = 0; i < list_.all.size(); ++i) {
      if (list_.all[i]->in != in || !values_[i].present()) continue;
      if (auto problem = BindOne(*list_.all[i], &values_[i])) return problem;
    }
  }
  return std::nullopt;
}

std::optional<std::string> ParameterSet::Unescape(const Parameter& parameter,
                                                  ParameterValue* value) {
  if (!NeedsUnescape(value->text)) return std::nullopt;
  Result<std::string> decoded = QueryUnescape(value->text);
  if (!decoded.ok())
    return fmt::format("Invalid format for parameter {}: error unescaping query parameter '{}': {}",
                       parameter.name, parameter.name, decoded.status().message());
  value->text = Keep(*std::move(decoded));
  return std::nullopt;
}

std::optional<std::string> ParameterSet::BindOne(const Parameter& parameter,
                                                 ParameterValue* value) {
  if (parameter.in == ParameterIn::kHeader && value->count > 1)
    return fmt::format("Expected one value for {}, got {}", parameter.name, value->count);
  const auto invalid = [&](std::string_view why) {
    return fmt::format("Invalid format for parameter {}: {}", parameter.name, why);
  };
  if (parameter.in == ParameterIn::kHeader && value->text.empty())
    return invalid(fmt::format("parameter '{}' is empty, can't bind its value", parameter.name));
  if (parameter.in != ParameterIn::kQuery) {
    if (auto problem = Unescape(parameter, value)) return problem;
  } else if (parameter.type != ParameterType::kStringList && value->count > 1) {
    return invalid(fmt::format("multiple values for single value parameter '{}'", parameter.name));
  }
  if (parameter.type == ParameterType::kInteger) {
    const ReadInteger read = ReadDecimalInteger(value->text);
    if (read.error != NumberError::kNone)
      return invalid(fmt::format("error binding string parameter: strconv.ParseInt: parsing {}: {}",
                                 Quote(value->text), NumberErrorText(read.error)));
    value->integer = read.value;
  } else if (parameter.type == ParameterType::kBoolean) {
    value->boolean = ReadBoolean(value->text).value_or(false);  // checked by Validate, or a default
  } else if (parameter.type == ParameterType::kDateTime && !value->text.empty()) {
    const ReadTimeResult read = ReadTime(value->text);
    if (!read.error.empty())
      return invalid(fmt::format("error parsing '{}' as RFC3339 or 2006-01-02 time: {}",
                                 value->text, read.error));
    value->time = read.time;
  }
  return std::nullopt;
}

size_t ParameterSet::IndexOf(std::string_view name) const {
  size_t i = 0;
  while (i < list_.all.size() && list_.all[i]->name != name) ++i;
  return i;
}

const ParameterValue& ParameterSet::at(std::string_view name) const {
  const ParameterValue* value = Find(name);
  TARN_CHECK(value != nullptr);
  return *value;
}

const ParameterValue* ParameterSet::Find(std::string_view name) const {
  const size_t index = IndexOf(name);
  return index < list_.all.size() ? &values_[index] : nullptr;
}

std::vector<std::string> ParameterSet::List(std::string_view name) const {
  const size_t wanted = IndexOf(name);
  std::vector<std::string> items;
  for (const auto& [index, item] : list_items_)
    if (index == wanted) items.emplace_back(item);
  return items;
}

}  // namespace tarn::rest
