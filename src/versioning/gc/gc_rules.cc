#include "versioning/gc/gc_rules.h"

#include "codec/utf8.h"
#include "versioning/branch/branches.h"
#include "versioning/gc/gc_records.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kRulesBytesMax = 16 << 20;

std::string RulesAddress(const Context& context) {
  // A protobuf message, whatever the name says.
  return context.settings.block_storage_prefix + "/retention/gc/rules/config.json";
}

Status WriteRules(Context& context, const refs::Repository& repository, std::string_view bytes) {
  TARN_TRY(CheckWritable(repository, /*force=*/false));
  const std::string address = RulesAddress(context);
  return ToStatus(
      block::PutObject(context.objects, {repository.storage_namespace.view(), address}, bytes));
}

}  // namespace

Result<GcRules> GetGcRules(Context& context, const refs::Repository& repository) {
  const std::string address = RulesAddress(context);
  const auto bytes = block::GetObject(
      context.objects, {repository.storage_namespace.view(), address}, kRulesBytesMax);
  if (!bytes.ok() && bytes.code() != Code::kDataNotFound) return bytes.status();
  if (!bytes.ok() || bytes->empty()) return Status(Code::kNotFound, "not found");
  return DecodeGcRules(*bytes);
}

Status SetGcRules(Context& context, const refs::Repository& repository, const GcRules& rules) {
  for (const auto& [branch, days] : rules.branch_retention_days) {
    if (!IsValidUtf8(branch)) {
      return {Code::kInvalidValue, "branch name is not UTF-8: invalid value: validation error"};
    }
  }
  return WriteRules(context, repository, EncodeGcRules(rules));
}

Status DeleteGcRules(Context& context, const refs::Repository& repository) {
  // An empty object, since stores of the reference cannot remove one.
  return WriteRules(context, repository, "");
}

}  // namespace tarn::versioning
