#include "versioning/branch/protection_record.h"

#include "proto/graveler.pb.h"
#include "records/message.h"

namespace tarn::versioning {

namespace pb = ::io::treeverse::lakefs::graveler;

std::string EncodeProtection(const BlockedActions& rules) {
  pb::BranchProtectionRules message;
  auto& patterns = *message.mutable_branch_pattern_to_blocked_actions();
  for (const auto& [pattern, actions] : rules) {
    pb::BranchProtectionBlockedActions& blocked = patterns[pattern];
    for (const int32_t action : actions) {
      blocked.add_value(static_cast<pb::BranchProtectionBlockedAction>(action));
    }
  }
  return records::Serialize(message);
}

Result<BlockedActions> DecodeProtection(std::string_view bytes) {
  pb::BranchProtectionRules message;
  TARN_TRY(records::Parse(bytes, "branch protection", &message));
  BlockedActions rules;
  for (const auto& [pattern, blocked] : message.branch_pattern_to_blocked_actions()) {
    rules[pattern] = {blocked.value().begin(), blocked.value().end()};
  }
  return rules;
}

}  // namespace tarn::versioning
