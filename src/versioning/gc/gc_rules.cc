#include "versioning/gc/gc_rules.h"

#include "codec/utf8.h"
#include "proto/graveler.pb.h"
#include "refs/records.h"
#include "versioning/branch/branches.h"

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
  refs::pb::GarbageCollectionRules message;
  TARN_TRY(refs::ParseMessage(*bytes, "garbage collection rules", &message));
  GcRules rules;
  rules.default_retention_days = message.default_retention_days();
  for (const auto& [branch, days] : message.branch_retention_days()) {
    rules.branch_retention_days[branch] = days;
  }
  return rules;
}

Status SetGcRules(Context& context, const refs::Repository& repository, const GcRules& rules) {
  refs::pb::GarbageCollectionRules message;
  message.set_default_retention_days(rules.default_retention_days);
  for (const auto& [branch, days] : rules.branch_retention_days) {
    if (!IsValidUtf8(branch)) {
      return {Code::kInvalidValue, "branch name is not UTF-8: invalid value: validation error"};
    }
    (*message.mutable_branch_retention_days())[branch] = days;
  }
  return WriteRules(context, repository, refs::SerializeDeterministic(message));
}

Status DeleteGcRules(Context& context, const refs::Repository& repository) {
  // An empty object, since stores of the reference cannot remove one.
  return WriteRules(context, repository, "");
}

}  // namespace tarn::versioning
