#include "rest/testing/recorded.h"

#include <gtest/gtest.h>

#include <map>

#include "base/check.h"
#include "codec/base64.h"
#include "codec/testing/golden_data.h"
#include "codec/url.h"

namespace tarn::rest::testing {
namespace {

constexpr std::string_view kScenarios = "conformance/scenarios";
using Variables = std::map<std::string, std::string>;

Json Read(const std::string& name) {
  const auto text = ReadGolden(name);
  TARN_CHECK(text.has_value());
  Result<Json> json = ParseJson(*text);
  TARN_CHECK(json.ok());
  return *std::move(json);
}

/// "${name}", "${name:8}", "${repeat:x:100}".
std::string ValueOf(const std::string& expression, const Variables& variables) {
  const size_t colon = expression.find(':');
  const std::string name = expression.substr(0, colon);
  if (name == "repeat") {
    const size_t second = expression.find(':', colon + 1);
    std::string repeated;
    for (int i = std::stoi(expression.substr(second + 1)); i > 0; --i)
      repeated += expression.substr(colon + 1, second - colon - 1);
    return repeated;
  }
  const auto found = variables.find(name);
  std::string value = found == variables.end() ? "sample" : found->second;
  if (colon != std::string::npos) value.resize(std::stoul(expression.substr(colon + 1)), '0');
  return value;
}

std::string Fill(std::string text, const Variables& variables) {
  for (size_t at = 0; (at = text.find("${", at)) != std::string::npos;) {
    const size_t end = text.find('}', at);
    const std::string value = ValueOf(text.substr(at + 2, end - at - 2), variables);
    text.replace(at, end - at + 1, value);
    at += value.size();
  }
  return text;
}

Json FillJson(const Json& value, const Variables& variables) {
  if (value.is_string()) return Json(Fill(value.string(), variables));
  if (value.is_array()) {
    Json::Array items;
    for (const Json& item : value.items()) items.push_back(FillJson(item, variables));
    return Json(std::move(items));
  }
  if (!value.is_object()) return value;
  if (const auto count = value.IntAt("$range"))
    return Json(Json::Array(static_cast<size_t>(*count), Json("key")));
  Json::Object members;
  for (const auto& [name, member] : value.members())
    members.emplace_back(Fill(name, variables), FillJson(member, variables));
  return Json(std::move(members));
}

void AddQuery(std::string* query, const std::string& name, const Json& value) {
  if (value.is_array()) {
    for (const Json& item : value.items()) AddQuery(query, name, item);
    return;
  }
  if (!query->empty()) *query += '&';
  *query += EscapeQuery(name) + "=" + EscapeQuery(value.string());
}

RecordedStep MakeStep(const Json& step, const Variables& variables) {
  RecordedStep made;
  made.method = step.StringAt("method").value_or("GET");
  const std::string target = Fill(std::string(*step.StringAt("path")), variables);
  const size_t mark = std::min(target.find('?'), target.size());
  made.path = target.substr(0, mark);
  made.query = target.substr(std::min(mark + 1, target.size()));
  if (const Json* query = step.Find("query"))
    for (const auto& [name, value] : query->members())
      AddQuery(&made.query, name, FillJson(value, variables));
  bool typed = false;
  if (const Json* headers = step.Find("headers")) {
    for (const auto& [name, value] : headers->members()) {
      made.headers.emplace_back(name, Fill(value.string(), variables));
      typed = typed || name == "Content-Type";
    }
  }
  if (const Json* json = step.Find("json")) {
    made.body = ToJsonText(FillJson(*json, variables));
    if (!typed) made.headers.emplace_back("Content-Type", "application/json");
  } else if (const auto text = step.StringAt("text")) {
    made.body = Fill(std::string(*text), variables);
  } else if (const auto bytes = step.StringAt("base64")) {
    made.body = DecodeBase64(*bytes).value_or("");
  }
  return made;
}

void ReadScenario(const std::string& name, std::vector<RecordedStep>* steps) {
  const Json scenario = Read(std::string(kScenarios) + "/" + name);
  const Json golden = Read("conformance/golden/" + name);
  size_t at = scenario.BoolAt("repository").value_or(true) ? 1 : 0;
  const Variables usual = {{"repo", "conf-repo"}, {"uid", "r0"}, {"ns", "local://conformance"}};
  for (const char* list : {"setup", "steps"}) {
    const Json* all = scenario.Find(list);
    if (!all) continue;
    for (const Json& step : all->items()) {
      const Json* rows = step.Find("each");
      const size_t count = rows ? rows->items().size() : 1;
      for (size_t row = 0; row < count; ++row, ++at) {
        Variables variables = usual;
        if (rows)
          for (const auto& [key, value] : rows->items()[row].members())
            variables[key] = Fill(value.string(), usual);
        RecordedStep made = MakeStep(step, variables);
        const Json& answer = golden.Find("steps")->items()[at];
        made.scenario = name;
        made.name = *answer.StringAt("name");
        made.status = static_cast<int>(*answer.IntAt("status"));
        made.text = answer.StringAt("text").value_or("");
        if (const Json* json = answer.Find("json"))
          made.message = json->StringAt("message").value_or("");
        made.message = made.message.substr(0, made.message.find("\nSchema:"));
        steps->push_back(std::move(made));
      }
    }
  }
}

}  // namespace

std::optional<std::vector<RecordedStep>> ReadRecordedSteps() {
  const std::vector<std::string> names = ListGolden(kScenarios);
  if (names.empty()) return std::nullopt;
  std::vector<RecordedStep> steps;
  for (const std::string& name : names) ReadScenario(name, &steps);
  return steps;
}

}  // namespace tarn::rest::testing
