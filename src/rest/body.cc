#include "rest/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "codec/utf8.h"
#include "rest/contract/patterns.h"

namespace tarn::rest {
namespace {

/// Walks a value along its schema; stops at the first failure.
class Checker {
 public:
  /// True if `value` fits. Fills defaults and the integer check on the way.
  bool Check(const Schema& schema, const Json& value) {
    if (value.is_null()) return schema.nullable || Fail("Value is not nullable");
    if (!schema.allowed.empty() && !IsAllowed(schema, value))
      return Fail(fmt::format("value is not one of the allowed values [\"{}\"]",
                              fmt::join(schema.allowed, "\",\"")));
    switch (schema.type) {
      case SchemaType::kString:
        return value.is_string() ? CheckString(schema, value.string())
                                 : Fail("value must be a string");
      case SchemaType::kInteger:
        return CheckInteger(schema, value);
      case SchemaType::kBoolean:
        return value.is_bool() || Fail("value must be a boolean");
      case SchemaType::kArray:
        return value.is_array() ? CheckArray(schema, value) : Fail("value must be an array");
      case SchemaType::kObject:
        return value.is_object() ? CheckObject(schema, value) : Fail("value must be an object");
    }
    return true;
  }

  /// "[Error at "/a/b": ]reason"
  std::string Problem() const {
    std::string path;
    for (auto step = path_.rbegin(); step != path_.rend(); ++step) path += "/" + *step;
    return path.empty() ? reason_ : fmt::format("Error at \"{}\": {}", path, reason_);
  }
  bool bindable() const { return bindable_; }

 private:
  static bool IsAllowed(const Schema& schema, const Json& value) {
    return value.is_string() && std::find(schema.allowed.begin(), schema.allowed.end(),
                                          value.string()) != schema.allowed.end();
  }

  bool CheckString(const Schema& schema, const std::string& text) {
    if (schema.minimum_count > 0 && CountRunes(text) < schema.minimum_count)
      return Fail(fmt::format("minimum string length is {}", schema.minimum_count));
    if (!schema.pattern.empty()) {
      const Pattern& pattern = PatternNamed(schema.pattern);
      if (!pattern.matches(text))
        return Fail(
            fmt::format("string doesn't match the regular expression \"{}\"", pattern.expression));
    }
    return true;
  }

  bool CheckInteger(const Schema& schema, const Json& value) {
    if (!value.is_number()) return Fail("value must be an integer");
    const std::optional<double> number = value.AsDouble();
    if (!number || *number != std::trunc(*number)) return Fail("value must be an integer");
    // What does not fit its format is for the binder to refuse.
    const bool fits = value.AsInt64().has_value();
    if (!fits) bindable_ = false;
    if (!fits && schema.format == "int64") return true;
    if (schema.minimum && *number < static_cast<double>(*schema.minimum))
      return Fail(fmt::format("number must be at least {}", *schema.minimum));
    if (schema.maximum && *number > static_cast<double>(*schema.maximum))
      return Fail(fmt::format("number must be at most {}", *schema.maximum));
    return true;
  }

  bool CheckArray(const Schema& schema, const Json& value) {
    if (value.items().size() < schema.minimum_count)
      return Fail(fmt::format("minimum number of items is {}", schema.minimum_count));
    for (size_t i = 0; i < value.items().size(); ++i)
      if (!Check(*schema.items, value.items()[i])) return Below(std::to_string(i));
    return true;
  }

  bool CheckObject(const Schema& schema, const Json& value) {
    for (const SchemaProperty* property : schema.by_name) {
      const Json* member = value.Find(property->name);
      if (!member || (member->is_null() && property->schema->default_boolean)) continue;
      if (!Check(*property->schema, *member)) return Below(property->name);
    }
    if (schema.additional && !CheckAdditional(schema, value)) return false;
    for (const SchemaProperty& property : schema.properties) {
      if (!property.required || value.Find(property.name)) continue;
      Fail(fmt::format("property \"{}\" is missing", property.name));
      return Below(property.name);
    }
    return true;
  }

  // Names in ascending order, so that the reported one does not depend on the body's order.
  bool CheckAdditional(const Schema& schema, const Json& value) {
    std::vector<const Json::Member*> members;
    for (const Json::Member& member : value.members()) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const Json::Member* a, const Json::Member* b) { return a->first < b->first; });
    for (const Json::Member* member : members)
      if (!Check(*schema.additional, member->second)) return Below(member->first);
    return true;
  }

  bool Fail(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }
  bool Below(std::string_view step) {
    path_.emplace_back(step);
    return false;
  }

  std::string reason_;
  std::vector<std::string> path_;  // innermost first
  bool bindable_ = true;
};

Status BodyProblem(std::string_view reason) {
  return {Code::kInvalidRequest, fmt::format("request body has an error: {}", reason)};
}

}  // namespace

Result<CheckedBody> CheckBody(std::string_view body, std::string_view content_type, bool required,
                              const Schema& schema) {
  if (body.empty()) {
    if (required) return BodyProblem("value is required but missing");
    return CheckedBody{};
  }
  if (content_type.substr(0, content_type.find(';')) != "application/json")
    return BodyProblem(
        fmt::format("header Content-Type has unexpected value {}", Quote(content_type)));
  Result<Json> value =
      ParseJson(body, {.bytes_max = body.size(),
                       .depth_max = kJsonDepthMax,
                       .values_max = kJsonValuesFree + body.size() / kJsonBytesPerValue});
  if (!value.ok())
    return BodyProblem(fmt::format("failed to decode request body: {}", value.status().message()));
  Checker checker;
  if (!checker.Check(schema, *value)) {
    const std::string_view name = schema.name;
    return BodyProblem(fmt::format("doesn't match schema{}{}: {}",
                                   name.empty() ? "" : " #/components/schemas/", name,
                                   checker.Problem()));
  }
  return CheckedBody{.value = *std::move(value), .bindable = checker.bindable()};
}

}  // namespace tarn::rest
