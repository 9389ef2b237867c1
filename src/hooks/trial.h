// The event that a dry run of an action file is given, as if it happened at a ref. Level 7; waits.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hooks/hook.h"
#include "versioning/context.h"

namespace tarn::hooks {

struct TrialRequest {
  versioning::HookEvent event = versioning::HookEvent::kPreCommit;
  std::string ref;     ///< Scripts read from here.
  std::string branch;  ///< The event's; empty: that of the ref, or for merges the default branch.
  std::string tag;     ///< The event's, where it is one of tags.
  std::string user;
  std::string text;  ///< Of the action file.
  /// Whether the user may make the event happen on a branch; null: always.
  std::function<Status(std::string_view branch)> may_announce = {};
};

/// The event: its commit is the one at the ref, or for an event without a commit one that would
/// follow. Of the resolver's errors; kInvalidValue where a name is missing that the event needs.
Result<Event> MakeTrialEvent(versioning::Context& context, const refs::Repository& repository,
                             const TrialRequest& request);

}  // namespace tarn::hooks
