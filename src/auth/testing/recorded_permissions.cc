#include "auth/testing/recorded_permissions.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "codec/testing/golden_data.h"
#include "codec/url.h"

namespace tarn::auth::testing {
namespace {

using Variables = std::map<std::string, std::string>;

/// What the record says in words, and the names that the tables have for it.
constexpr std::pair<std::string_view, std::string_view> kNames[] = {
    {"{path} of each source", "{paths.path}"},
    {"{destination} of each source", "{paths.destination}"},
    {"{each of paths}", "{paths}"},
    {"{destination of the pull request}", "{pull_request.destination}"},
    {"{repository of x-amz-copy-source}", "{source.repository}"},
    {"{key of x-amz-copy-source}", "{source.key}"},
    {"{each key without its first part}", "{key}"},
};

std::optional<Json> ReadRecord() {
  const auto text = ReadGolden("fixtures/auth/permissions.json");
  if (!text) return std::nullopt;
  Result<Json> json = ParseJson(*text);
  TARN_CHECK(json.ok());
  return *std::move(json);
}

std::string TextAt(const Json& json, std::string_view name) {
  return std::string(json.StringAt(name).value_or(""));
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

void DescribeRecorded(const Json& node, std::string* out) {
  if (const Json* parts = node.Find("and")) {
    for (const Json& part : parts->items()) DescribeRecorded(part, out);
  } else if (const Json* choices = node.Find("choice")) {
    for (const Json& choice : choices->items()) DescribeRecorded(*choice.Find("permission"), out);
  } else if (node.is_object()) {
    std::string resource = TextAt(node, "resource");
    for (const auto& [words, name] : kNames) resource = Replaced(resource, words, name);
    *out += TextAt(node, "action") + " " + resource + "\n";
  }
}

std::string Fill(std::string text, const Variables& variables) {
  for (const auto& [name, value] : variables) text = Replaced(text, "${" + name + "}", value);
  constexpr std::string_view kRepeat = "${repeat:";
  if (const size_t at = text.find(kRepeat); at != std::string::npos) {
    const size_t colon = text.find(':', at + kRepeat.size()), end = text.find('}', at);
    const std::string piece = text.substr(at + kRepeat.size(), colon - at - kRepeat.size());
    std::string repeated;
    for (int i = std::stoi(text.substr(colon + 1)); i > 0; --i) repeated += piece;
    text.replace(at, end - at + 1, repeated);
  }
  return text;
}

RecordedRequest ReadRequest(const Json& json, const Variables& variables) {
  RecordedRequest request;
  request.method = TextAt(json, "method");
  request.target = Fill(TextAt(json, "path"), variables);
  if (const Json* query = json.Find("query")) {
    char separator = '?';
    for (const auto& [name, value] : query->members()) {
      request.target +=
          std::exchange(separator, '&') + name + "=" + EscapeQuery(Fill(value.string(), variables));
    }
  }
  if (const Json* headers = json.Find("headers"))
    for (const auto& [name, value] : headers->members())
      request.headers.emplace_back(name, Fill(value.string(), variables));
  const Json* document = json.Find("json");
  request.is_json = document != nullptr;
  request.body = Fill(document ? ToJsonText(*document) : TextAt(json, "text"), variables);
  return request;
}

void CollectRights(const Json& node, const Variables& variables,
                   std::vector<RecordedRight>* rights) {
  if (const Json* parts = node.Find("and")) {
    for (const Json& part : parts->items()) CollectRights(part, variables, rights);
    return;
  }
  rights->push_back({TextAt(node, "action"), Fill(TextAt(node, "resource"), variables)});
}

}  // namespace

std::optional<std::map<std::string, RecordedOperation>> ReadRecordedOperations(
    std::string_view protocol) {
  const auto record = ReadRecord();
  if (!record) return std::nullopt;
  std::map<std::string, RecordedOperation> operations;
  for (const Json& json : record->Find("operations")->items()) {
    if (json.StringAt("protocol") != protocol) continue;
    RecordedOperation& operation = operations[TextAt(json, "operation")];
    operation.method = TextAt(json, "method");
    operation.path = TextAt(json, "path");
    operation.check = TextAt(json, "check");
    DescribeRecorded(*json.Find("permission"), &operation.permission);
  }
  return operations;
}

std::string Describe(const Permission& permission) {
  std::string text;
  if (!permission.action.empty())
    text.append(permission.action).append(" ").append(permission.resource).append("\n");
  for (const Permission& part : permission.parts) text += Describe(part);
  return text;
}

std::vector<std::string> NamesIn(const Permission& permission) {
  std::vector<std::string> names;
  const std::string text = Describe(permission);
  for (size_t at = 0; (at = text.find('{', at)) != std::string::npos; ++at)
    names.push_back(text.substr(at + 1, text.find('}', at) - at - 1));
  return names;
}

std::optional<std::vector<PermissionCase>> ReadPermissionCases(
    std::string_view protocol, const std::map<std::string, std::string>& variables) {
  const auto record = ReadRecord();
  if (!record) return std::nullopt;
  std::vector<PermissionCase> cases;
  for (const Json& json : record->Find("cases")->items()) {
    const bool is_s3 = json.BoolAt("s3").value_or(false);
    const Json& permission = *json.Find("permission");
    if (is_s3 != (protocol == "s3") || permission.is_null()) continue;
    PermissionCase& tried = cases.emplace_back();
    tried.id = TextAt(json, "id");
    tried.operation = TextAt(json, "operation");
    tried.request = ReadRequest(*json.Find("request"), variables);
    if (const Json* prepare = json.Find("prepare"))
      for (const Json& request : prepare->items())
        tried.prepare.push_back(ReadRequest(request, variables));
    CollectRights(permission, variables, &tried.rights);
  }
  return cases;
}

std::vector<Trial> TrialsOf(const PermissionCase& tried) {
  const std::vector<RecordedRight>& rights = tried.rights;
  std::vector<Trial> trials = {{"no right", {}, "not allowed to " + rights[0].action}};
  Trial exactly{"exactly the rights", {}, ""};
  for (const RecordedRight& right : rights) {
    exactly.policies.push_back(Rule("allow", {right.action}, right.resource));
    trials.push_back({"deny " + right.action,
                      {Rule("allow", {"*"}, "*"), Rule("deny", {right.action}, right.resource)},
                      "denied permission to " + right.action});
  }
  for (const RecordedRight& missing : rights) {
    const auto is_missing = [&](const RecordedRight& right) {
      return right.action == missing.action && right.resource == missing.resource;
    };
    if (rights.size() == 1 || std::count_if(rights.begin(), rights.end(), is_missing) > 1) continue;
    Trial& trial = trials.emplace_back();
    trial.what = "all but " + missing.action;
    trial.refusal = "not allowed to " + missing.action;
    for (const RecordedRight& right : rights)
      if (!is_missing(right))
        trial.policies.push_back(Rule("allow", {right.action}, right.resource));
  }
  trials.push_back(std::move(exactly));
  return trials;
}

}  // namespace tarn::auth::testing
