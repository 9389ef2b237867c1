#include "versioning/branch/protection.h"

#include <optional>
#include <string>
#include <vector>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {

Result<http::Response> GetBranchProtectionRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto rules, versioning::GetProtectionRules(call.context(), repository));
  JsonBuilder json;
  json.writer.BeginArray();
  for (const std::string& pattern : rules.patterns)
    json.writer.BeginObject().Field("pattern", pattern).EndObject();
  json.writer.EndArray();
  http::Response response = std::move(json).Answer(200);
  response.Add("ETag", rules.checksum);
  return response;
}

Result<http::Response> SetBranchProtectionRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  std::vector<std::string> patterns;
  for (const Json& rule : call.body().items())
    patterns.emplace_back(rule.StringAt("pattern").value_or(""));
  std::optional<std::string> checksum;
  if (call.Has("If-Match")) checksum = call.Text("If-Match");
  TARN_TRY(versioning::SetProtectionRules(call.context(), repository, patterns, checksum));
  return EmptyAnswer(204);
}

Result<http::Response> AddBranchProtectionRule(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(versioning::AddProtectionRule(call.context(), repository, call.BodyText("pattern")));
  return EmptyAnswer(204);
}

Result<http::Response> DeleteBranchProtectionRule(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  const Status removed =
      versioning::RemoveProtectionRule(call.context(), repository, call.BodyText("pattern"));
  // Without a document, alone among the operations.
  if (removed.code() == Code::kNotFound) return EmptyAnswer(404);
  TARN_TRY(removed);
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
