#include "auth/schema.h"

#include <charconv>
#include <string>
#include <string_view>

#include "fmt/format.h"
#include "records/layout.h"

namespace tarn::auth {
namespace {

constexpr std::string_view kKey = "kv/schema/version";
// Versions 1 and 2 know users with policies of another form, version 3 names repositories in them.
constexpr int64_t kInitial = 1;
constexpr int64_t kPoliciesWithRepositories = 3;

Result<std::optional<std::string>> ReadText(kv::Store& kv) {
  return kv.Get(records::kSchemaPartition, kKey);
}

Result<int64_t> ParseVersion(std::string_view text) {
  int64_t version = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, version);
  if (parsed.ec == std::errc() && parsed.ptr == end) return version;
  return Status(Code::kCorrupt, fmt::format("the schema version \"{}\" is no number", text));
}

}  // namespace

Result<std::optional<int64_t>> ReadSchemaVersion(kv::Store& kv) {
  TARN_TRY_ASSIGN(const auto text, ReadText(kv));
  if (!text) return std::optional<int64_t>();
  TARN_TRY_ASSIGN(const int64_t version, ParseVersion(*text));
  return std::optional(version);
}

Status CheckSchemaVersion(int64_t version) {
  if (version == kSchemaVersion) return {};
  if (version > kSchemaVersion) {
    return {
        Code::kUnsupported,
        fmt::format("incompatible schema version. Latest: {}: wrong kv version", kSchemaVersion)};
  }
  if (version < kInitial) {
    return {Code::kUnsupported,
            "migration to KV required. Did you migrate using version v0.80.x? "
            "https://docs.lakefs.io/reference/upgrade.html#lakefs-0800-or-greater-kv-migration: "
            "wrong kv version"};
  }
  return {Code::kPreconditionFailed,
          fmt::format("{} required. Please run 'lakefs migrate up': migration required",
                      version < kPoliciesWithRepositories ? "migration to ACL" : "ACL migration")};
}

Status EnsureSchema(kv::Store& kv) {
  TARN_TRY_ASSIGN(const auto version, ReadSchemaVersion(kv));
  if (version) return CheckSchemaVersion(*version);
  Status created = kv.SetIf(records::kSchemaPartition, kKey, fmt::to_string(kSchemaVersion),
                            kv::Predicate::Absent());
  // Another server was faster: what it wrote is checked.
  if (created.code() != Code::kPredicateFailed) return created;
  TARN_TRY_ASSIGN(const auto now, ReadSchemaVersion(kv));
  return now ? CheckSchemaVersion(*now) : std::move(created);
}

Result<bool> MigrateSchema(kv::Store& kv) {
  TARN_TRY_ASSIGN(const auto text, ReadText(kv));
  if (!text) return Status(Code::kNotFound, "not found");
  TARN_TRY_ASSIGN(const int64_t version, ParseVersion(*text));
  const Status check = CheckSchemaVersion(version);
  if (check.code() != Code::kPreconditionFailed) {
    TARN_TRY(check);
    return false;
  }
  TARN_TRY(kv.SetIf(records::kSchemaPartition, kKey, fmt::to_string(kSchemaVersion),
                    kv::Predicate::Equals(*text)));
  return true;
}

}  // namespace tarn::auth
