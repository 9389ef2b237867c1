#include "authserver/body.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/base64.h"

namespace tarn::authserver {
namespace {

constexpr int kDepthMax = 32;
// A value in memory is far larger than its shortest text.
constexpr size_t kValuesMax = 65'536;

bool IsText(const Json& value) { return value.is_string(); }

bool IsTextList(const Json& value) {
  return value.is_array() && std::all_of(value.items().begin(), value.items().end(), &IsText);
}

template <class Is>
bool IsMapOf(const Json& value, const Is& is) {
  return value.is_object() &&
         std::all_of(value.members().begin(), value.members().end(),
                     [&](const Json::Member& member) { return is(member.second); });
}

bool IsCondition(const Json& value) {
  return value.is_null() ||
         IsMapOf(value, [](const Json& fields) { return IsMapOf(fields, &IsTextList); });
}

bool IsStatement(const Json& value) {
  struct Part {
    std::string_view name;
    bool (*is)(const Json& value);
    bool required;
  };
  static constexpr Part kParts[] = {{"effect", &IsText, true},
                                    {"resource", &IsText, true},
                                    {"action", &IsTextList, true},
                                    {"condition", &IsCondition, false}};
  return value.is_object() &&
         std::all_of(std::begin(kParts), std::end(kParts), [&](const Part& part) {
           const Json* const found = value.Find(part.name);
           return found == nullptr ? !part.required : part.is(*found);
         });
}

bool IsStatementList(const Json& value) {
  return value.is_array() && std::all_of(value.items().begin(), value.items().end(), &IsStatement);
}

bool IsShortText(const Json& value) {
  return value.is_string() && value.string().size() <= kTextBytesMax;
}

struct TypeRow {
  bool (*is)(const Json& value);
  std::string_view text;
};
// By FieldType.
constexpr TypeRow kTypes[] = {
    {&IsShortText, "a text of at most 4096 bytes"},
    {[](const Json& value) { return value.AsInt64().has_value(); }, "an integer"},
    {[](const Json& value) { return value.is_bool(); }, "true or false"},
    {[](const Json& value) { return IsShortText(value) && DecodeBase64(value.string()); },
     "bytes in base64"},
    {&IsStatementList, "a list of statements"},
};

Status Invalid(std::string message) { return {Code::kInvalidRequest, std::move(message)}; }

}  // namespace

Result<Json> ReadBody(std::string_view body, std::span<const Field> fields) {
  auto read = ParseJson(body, {.bytes_max = static_cast<size_t>(kBodyBytesMax),
                               .depth_max = kDepthMax,
                               .values_max = kValuesMax,
                               .trailing = JsonTrailing::kRefuse});
  if (!read.ok()) return Invalid(fmt::format("the body: {}", read.status().message()));
  if (!read->is_object()) return Invalid("the body must be a JSON object");
  for (const Field& field : fields) {
    const Json* const value = read->Find(field.name);
    if (value == nullptr || value->is_null()) {
      if (field.required) return Invalid(fmt::format("{} is missing", field.name));
      continue;
    }
    const TypeRow& type = kTypes[static_cast<size_t>(field.type)];
    if (!type.is(*value)) return Invalid(fmt::format("{} must be {}", field.name, type.text));
  }
  return read;
}

}  // namespace tarn::authserver
