// Where everything lies in the key-value store: the partitions, and what keys in them start with
// (docs/formats/kv.md). Level 4.
//
// The partition of a repository is "<id>-<instance uid>", that of uncommitted changes is their
// staging token.
#pragma once

#include <string>
#include <string_view>

namespace tarn::records {

// Partitions of the reference. ----------------------------------------------------------------
inline constexpr std::string_view kRepositoriesPartition = "graveler";
/// Pull requests by branches, of all repositories.
inline constexpr std::string_view kPullIndexPartition = "pulls";
/// Runs of actions, of all repositories.
inline constexpr std::string_view kActionsPartition = "actions";
/// Servers that run tasks.
inline constexpr std::string_view kInstancesPartition = "catalog";
/// Uploads in parts that the reference has begun, by upload id.
inline constexpr std::string_view kTrackerPartition = "multiparts";
/// Who commits to which branch just now, where servers are told to take turns.
inline constexpr std::string_view kOwnersPartition = "mc-ownership";
inline constexpr std::string_view kUsagePartition = "usage";
inline constexpr std::string_view kBasicPartition = "basicAuth";
inline constexpr std::string_view kAuthPartition = "auth";
inline constexpr std::string_view kSchemaPartition = "kv-internal-metadata";
/// Staging tokens that wait for removal.
inline constexpr std::string_view kCleanupPartition = "cleanup-tokens";

// Partitions of Tarn. -------------------------------------------------------------------------
/// Repositories whose records wait for removal, by partition name.
inline constexpr std::string_view kDeletedPartition = "tarn-deleted-repositories";
/// Unfinished creations by the digest of their place.
inline constexpr std::string_view kCreationsPartition = "tarn-unfinished-creations";

/// In the partitions of repositories, of the index of pull requests, and of actions.
inline constexpr std::string_view kRepositoryPrefix = "repos/";
/// In the partition of owners.
inline constexpr std::string_view kOwnerPrefix = "run-refs/approximate-branch-owner/";
/// In the partition of instances.
inline constexpr std::string_view kInstancePrefix = "instances/";

// In the partition of a repository. ------------------------------------------------------------
inline constexpr std::string_view kBranchPrefix = "branches/";
inline constexpr std::string_view kTagPrefix = "tags/";
inline constexpr std::string_view kCommitPrefix = "commits/";
inline constexpr std::string_view kPullPrefix = "pulls/";
inline constexpr std::string_view kSettingPrefix = "settings/";
inline constexpr std::string_view kImportPrefix = "imports/";
inline constexpr std::string_view kTaskPrefix = "tasks/";
inline constexpr std::string_view kMetadataKey = "repo-metadata";
/// Merges of pull requests that are not marked yet, by the id of the request.
inline constexpr std::string_view kPullMergePrefix = "tarn-pull-merges/";
/// Events that are due after a change, by the id of their run.
inline constexpr std::string_view kPostEventPrefix = "tarn-post-events/";
inline constexpr std::string_view kUploadPrefix = "tarn-uploads/";
/// Attempts to upload a part, "<upload id>/<number>/<attempt>".
inline constexpr std::string_view kPartPrefix = "tarn-parts/";

/// The parts of a key, joined as they are.
template <class... Parts>
std::string Key(const Parts&... parts) {
  std::string key;
  key.reserve((std::string_view(parts).size() + ...));
  (key.append(std::string_view(parts)), ...);
  return key;
}

}  // namespace tarn::records
