#include <cstdint>
#include <string>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers.h"
#include "versioning/gc_rules.h"

namespace tarn::rest {
namespace {

/// Days as they are kept: the low 32 bits, as the reference takes them.
Result<int32_t> DaysAt(const Json& object, std::string_view name) {
  const auto days = object.IntAt(name);
  if (!days) return Status(Code::kInvalidRequest, "failed to decode request body: days");
  return static_cast<int32_t>(*days);
}

}  // namespace

Result<http::Response> GetGCRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto rules, versioning::GetGcRules(call.context(), repository));
  JsonBuilder json;
  json.writer.BeginObject().Key("branches");
  if (rules.branch_retention_days.empty()) {
    json.writer.Null();
  } else {
    json.writer.BeginArray();
    for (const auto& [branch, days] : rules.branch_retention_days) {
      json.writer.BeginObject().Field("branch_id", branch).Field("retention_days", days);
      json.writer.EndObject();
    }
    json.writer.EndArray();
  }
  json.writer.Field("default_retention_days", rules.default_retention_days).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> SetGCRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  versioning::GcRules rules;
  TARN_TRY_ASSIGN(rules.default_retention_days, DaysAt(call.body(), "default_retention_days"));
  for (const Json& branch : call.body().Find("branches")->items()) {
    TARN_TRY_ASSIGN(rules.branch_retention_days[std::string(*branch.StringAt("branch_id"))],
                    DaysAt(branch, "retention_days"));
  }
  TARN_TRY(versioning::SetGcRules(call.context(), repository, rules));
  return EmptyAnswer(204);
}

Result<http::Response> DeleteGCRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(versioning::DeleteGcRules(call.context(), repository));
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
