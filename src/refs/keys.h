// Partitions and keys of the refs layer (docs/formats/kv.md). Level 5.
#pragma once

#include <string>
#include <string_view>

namespace tarn::refs {

inline constexpr std::string_view kRepositoriesPartition = "graveler";
inline constexpr std::string_view kRepositoryPrefix = "repos/";
/// In the partition of a repository.
inline constexpr std::string_view kBranchPrefix = "branches/";
inline constexpr std::string_view kTagPrefix = "tags/";
inline constexpr std::string_view kCommitPrefix = "commits/";
inline constexpr std::string_view kSettingPrefix = "settings/";
inline constexpr std::string_view kMetadataKey = "repo-metadata";
/// Tarn's own: repositories whose records wait for removal, by partition name.
inline constexpr std::string_view kDeletedPartition = "tarn-deleted-repositories";
/// Pull requests by branches, of all repositories.
inline constexpr std::string_view kPullIndexPartition = "pulls";

inline std::string Key(std::string_view prefix, std::string_view id) {
  std::string key;
  key.reserve(prefix.size() + id.size());
  key.append(prefix).append(id);
  return key;
}

}  // namespace tarn::refs
