#include "versioning/protection.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "proto/graveler.pb.h"
#include "versioning/glob.h"

namespace tarn::versioning {

namespace graveler = io::treeverse::lakefs::graveler;

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

constexpr std::string_view kSettingKey = "settings/protected_branches";

struct Stored {
  graveler::BranchProtectionRules rules;
  std::string bytes;
};

Result<Stored> LoadRules(Context& context, const refs::Repository& repository) {
  TARN_TRY_ASSIGN(auto bytes, context.refs.kv().Get(repository.partition(), kSettingKey));
  Stored stored;
  if (!bytes) return stored;
  if (!stored.rules.ParseFromString(*bytes)) {
    return Status(Code::kCorrupt, "branch protection rules are damaged");
  }
  stored.bytes = std::move(*bytes);
  return stored;
}

Result<ProtectionCache::Rules> CompileRules(Context& context, const refs::Repository& repository) {
  TARN_TRY_ASSIGN(const Stored stored, LoadRules(context, repository));
  auto compiled = std::make_shared<CompiledProtection>();
  for (const auto& [pattern, actions] : stored.rules.branch_pattern_to_blocked_actions()) {
    auto glob = Glob::Compile(pattern);
    if (!glob.ok()) {
      // Stored by a server that did not check it. It can match no name, and must not stop all work.
      TARN_LOG_WARN("repository {}: protection rule ignored: {}", repository.id.view(),
                    glob.status().message());
      continue;
    }
    CompiledProtection::Rule rule{*std::move(glob)};
    for (const int action : actions.value()) {
      rule.blocks_staging_write |= action == graveler::STAGING_WRITE;
      rule.blocks_commit |= action == graveler::COMMIT;
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
  for (const auto& [pattern, actions] : stored.rules.branch_pattern_to_blocked_actions()) {
    rules.patterns.push_back(pattern);
  }
  std::sort(rules.patterns.begin(), rules.patterns.end());
  if (!stored.bytes.empty()) rules.checksum = ToHex(AsView(Sha256(stored.bytes)));
  return rules;
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
