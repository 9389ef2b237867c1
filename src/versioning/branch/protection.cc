#include "versioning/branch/protection.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/log.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "records/layout.h"
#include "records/update.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/protection_record.h"
#include "versioning/glob.h"

namespace tarn::versioning {

struct CompiledProtection {
  struct Rule {
    Glob pattern;
    bool blocks_staging_write = false;
    bool blocks_commit = false;
  };
  std::vector<Rule> rules;

  bool Blocks(const BranchId& branch, BlockedAction action) const {
    return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
      const bool applies =
          action == BlockedAction::kStagingWrite ? rule.blocks_staging_write : rule.blocks_commit;
      return applies && rule.pattern.Matches(branch.view());
    });
  }
};

namespace {

std::string SettingKey() { return records::Key(records::kSettingPrefix, kProtectionName); }

struct Stored {
  BlockedActions rules;
  std::string bytes;
};

Result<Stored> ParseRules(std::optional<std::string> bytes) {
  Stored stored;
  if (!bytes) return stored;
  TARN_TRY_ASSIGN(stored.rules, DecodeProtection(*bytes));
  stored.bytes = std::move(*bytes);
  return stored;
}

Result<Stored> LoadRules(Context& context, const refs::Repository& repository) {
  TARN_TRY_ASSIGN(auto bytes, context.kv.Get(repository.partition(), SettingKey()));
  return ParseRules(std::move(bytes));
}

/// Hex SHA-256; empty for no bytes, which is how no rules are stored.
std::string ChecksumOf(std::string_view bytes) {
  return bytes.empty() ? std::string() : ToHex(AsView(Sha256(bytes)));
}

void Block(const std::string& pattern, BlockedActions* rules) {
  (*rules)[pattern] = {kActionStagingWrite, kActionCommit};
}

Status CheckPattern(std::string_view pattern) { return ToStatus(Glob::Compile(pattern)); }

using RulesChange = std::function<Status(const Stored& found, BlockedActions*)>;

/// Lets `change` edit the stored rules.
Status UpdateRules(Context& context, const refs::Repository& repository,
                   const RulesChange& change) {
  TARN_TRY(CheckWritable(repository, /*force=*/false));
  return records::UpdateRecord(
      context.kv, context.random, repository.partition(), SettingKey(), "update branch protection",
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
        TARN_TRY_ASSIGN(const Stored stored, ParseRules(found));
        BlockedActions rules = stored.rules;
        TARN_TRY(change(stored, &rules));
        return std::optional(EncodeProtection(rules));
      });
}

Result<ProtectionCache::Rules> CompileRules(Context& context, const refs::Repository& repository) {
  TARN_TRY_ASSIGN(const Stored stored, LoadRules(context, repository));
  auto compiled = std::make_shared<CompiledProtection>();
  for (const auto& [pattern, actions] : stored.rules) {
    auto glob = Glob::Compile(pattern);
    if (!glob.ok()) {
      // Stored by a server that did not check it. It can match no name, and must not stop all work.
      TARN_LOG_WARN("repository {}: protection rule ignored: {}", repository.id.view(),
                    glob.status().message());
      continue;
    }
    CompiledProtection::Rule rule{*std::move(glob)};
    for (const int32_t action : actions) {
      rule.blocks_staging_write |= action == kActionStagingWrite;
      rule.blocks_commit |= action == kActionCommit;
    }
    compiled->rules.push_back(std::move(rule));
  }
  return ProtectionCache::Rules(std::move(compiled));
}

constexpr std::array<std::string_view, 2> kBlockedTexts = {
    "cannot write to protected branch",
    "cannot commit to protected branch",
};

}  // namespace

Result<ProtectionRules> GetProtectionRules(Context& context, const refs::Repository& repository) {
  TARN_TRY_ASSIGN(const Stored stored, LoadRules(context, repository));
  ProtectionRules rules;
  for (const auto& [pattern, actions] : stored.rules) {
    rules.patterns.push_back(pattern);
  }
  rules.checksum = ChecksumOf(stored.bytes);
  return rules;
}

Status SetProtectionRules(Context& context, const refs::Repository& repository,
                          std::span<const std::string> patterns,
                          const std::optional<std::string>& expected_checksum) {
  for (const std::string& pattern : patterns) TARN_TRY(CheckPattern(pattern));
  return UpdateRules(context, repository,
                     [&](const Stored& found, BlockedActions* rules) -> Status {
                       if (expected_checksum && *expected_checksum != ChecksumOf(found.bytes)) {
                         return {Code::kPreconditionFailed, "Precondition failed"};
                       }
                       rules->clear();
                       for (const std::string& pattern : patterns)
                         Block(std::string(pattern), rules);
                       return {};
                     });
}

Status AddProtectionRule(Context& context, const refs::Repository& repository,
                         std::string_view pattern) {
  TARN_TRY(CheckPattern(pattern));
  return UpdateRules(context, repository, [&](const Stored&, BlockedActions* rules) -> Status {
    Block(std::string(pattern), rules);
    return {};
  });
}

Status RemoveProtectionRule(Context& context, const refs::Repository& repository,
                            std::string_view pattern) {
  return UpdateRules(context, repository, [&](const Stored&, BlockedActions* rules) -> Status {
    if (rules->erase(std::string(pattern)) > 0) return {};
    return {Code::kNotFound, "rule not found"};
  });
}

void ForgetProtectionRules(Context& context, const refs::Repository& repository) {
  context.state->protection.Forget(repository.partition());
}

Status CheckUnprotected(Context& context, const refs::Repository& repository,
                        const BranchId& branch, BlockedAction action) {
  TARN_TRY_ASSIGN(const auto rules,
                  context.state->protection.Get(repository.partition(), context.clock.MonotonicMs(),
                                                [&] { return CompileRules(context, repository); }));
  if (!rules->Blocks(branch, action)) return Status();
  return Status(Code::kProtectedBranch, std::string(kBlockedTexts[static_cast<size_t>(action)]));
}

}  // namespace tarn::versioning
