#include "auth/policy_json.h"

#include <string>
#include <vector>

namespace tarn::auth {
namespace {

std::vector<std::string> TextsOf(const Json* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const Json& text : list->items()) texts.push_back(text.string());
  return texts;
}

}  // namespace

Statement ReadStatement(const Json& json) {
  Statement statement;
  statement.effect = json.StringAt("effect").value_or("");
  statement.resource = json.StringAt("resource").value_or("");
  statement.actions = TextsOf(json.Find("action"));
  const Json* const conditions = json.Find("condition");
  if (conditions == nullptr || !conditions->is_object()) return statement;
  for (const auto& [name, fields] : conditions->members()) {
    ConditionFields& values = statement.conditions[name];
    if (!fields.is_object()) continue;
    for (const auto& [field, list] : fields.members()) values[field] = TextsOf(&list);
  }
  return statement;
}

void WriteStatement(JsonWriter* json, const Statement& statement) {
  json->BeginObject().Key("action").BeginArray();
  for (const std::string& action : statement.actions) json->String(action);
  json->EndArray();
  if (!statement.conditions.empty()) {
    json->Key("condition").BeginObject();
    for (const auto& [name, fields] : statement.conditions) {
      json->Key(name).BeginObject();
      for (const auto& [field, values] : fields) {
        json->Key(field).BeginArray();
        for (const std::string& value : values) json->String(value);
        json->EndArray();
      }
      json->EndObject();
    }
    json->EndObject();
  }
  json->Field("effect", statement.effect).Field("resource", statement.resource).EndObject();
}

}  // namespace tarn::auth
