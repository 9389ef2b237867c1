// Records of runs of actions: what ran at an event, and what each hook of it came to. Read by the
// API; written by whoever runs hooks (docs/formats/kv.md, partition "actions").
//
// Records go by the name of a repository, so they outlive it. Level 7; thread-safe functions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "versioning/context.h"

namespace tarn::hooks {

/// One event for which actions ran.
struct Run {
  std::string id;  ///< xid, newest first.
  BranchId branch;
  CommitId commit;  ///< The commit it came to; empty if a hook refused it.
  std::string source_ref, event_type;
  Timestamp started, ended;
  bool passed = false;
};

/// One hook of a run.
struct HookRun {
  std::string run_id;
  std::string id;  ///< "%04d_%04d": number of the action, number of the hook.
  std::string hook_id, action_name;
  Timestamp started, ended;
  bool passed = false;
  /// True if it was not run, since its condition did not hold or an earlier hook failed.
  bool skipped() const;
};

std::string EncodeRun(const Run& run);
Result<Run> DecodeRun(std::string_view bytes);
std::string EncodeHookRun(const HookRun& run);
Result<HookRun> DecodeHookRun(std::string_view bytes);

/// The start of what was not run.
inline constexpr Timestamp kNeverRun = {-62'135'596'800, 0};

/// Where the output of a hook lies, relative to the namespace of its repository.
std::string HookOutputAddress(std::string_view run_id, std::string_view hook_run_id);
/// Writes a run that has ended, durable: the records of its hooks, what it is found by, itself, and
/// its manifest.
Status StoreRun(versioning::Context& context, const refs::Repository& repository, const Run& run,
                const std::vector<HookRun>& hooks);
/// Says which commit a run came to. Nothing for an unknown run.
Status SetRunCommit(versioning::Context& context, const refs::Repository& repository,
                    std::string_view run_id, const CommitId& commit);

/// Which runs to list; at most one of the two may be set: kInvalidValue ("can't use both branchID
/// and MergedCommitID: parameters conflict").
struct RunFilter {
  std::optional<BranchId> branch;
  std::optional<CommitId> commit;
};

/// Newest first; not those of an earlier repository of the same name.
Result<refs::Page<Run>> ListRuns(versioning::Context& context, const refs::Repository& repository,
                                 const refs::PageRequest& page, const RunFilter& filter);
/// kNotFound ("not found: not found"), for one of an earlier repository too.
Result<Run> GetRun(versioning::Context& context, const refs::Repository& repository,
                   std::string_view run_id);
/// In the order in which they ran; empty for an unknown run.
Result<refs::Page<HookRun>> ListHookRuns(versioning::Context& context,
                                         const RepositoryId& repository, std::string_view run_id,
                                         const refs::PageRequest& page);
/// Opens what a hook wrote; null for one that was skipped. kNotFound ("not found") for an unknown
/// one, kDataNotFound if the store has lost it.
Result<std::unique_ptr<block::ObjectStream>> OpenHookOutput(versioning::Context& context,
                                                            const refs::Repository& repository,
                                                            std::string_view run_id,
                                                            std::string_view hook_run_id);

}  // namespace tarn::hooks
