// The records of versioning as all layers above see them. Level 5, plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "codec/entry.h"
#include "records/list.h"

namespace tarn::refs {

enum class RepositoryState : uint8_t { kActive, kInDeletion };

struct Repository {
  RepositoryId id;
  StorageNamespace storage_namespace;
  BranchId default_branch;
  Timestamp created;
  RepositoryState state = RepositoryState::kActive;
  std::string instance_uid;  ///< xid of this life of the name.
  bool read_only = false;
  std::string storage_id;
  /// KV partition of everything that belongs to it: "<id>-<instance_uid>".
  std::string partition() const { return id.str() + "-" + instance_uid; }
};

struct Branch {
  BranchId id;
  CommitId commit;
  StagingToken staging_token;
  std::vector<StagingToken> sealed_tokens;  ///< Newest first.
  bool hidden = false;
  /// Run of the event that tells of its creation; empty if nobody listened to that.
  std::string created_by_event;
  /// Staging token, then the sealed ones: the order of reads.
  std::vector<StagingToken> tokens() const;
};

struct Tag {
  TagId id;
  CommitId commit;
  std::string created_by_event = {};  ///< As that of a branch.
};

inline constexpr int32_t kCommitVersion = 1;

struct Commit {
  CommitId id;
  std::string committer;
  std::string message;
  Timestamp created;
  MetarangeId metarange;
  Metadata metadata;
  std::vector<CommitId> parents;
  int32_t version = kCommitVersion;  ///< 0: the main parent is the last one.
  int32_t generation = 1;

  /// The commit that this one was made from. REQUIRES a parent.
  const CommitId& MainParent() const { return version == 0 ? parents.back() : parents.front(); }
};

/// Greatest generation of a record that is written as it comes: as many commits again can follow.
inline constexpr int32_t kRecordGenerationMax = 1 << 30;
/// One more than `generation`; kInvalidValue at the end of the range.
Result<int32_t> NextGeneration(int32_t generation);

/// The content address of a commit (docs/formats/identity.md); id, version and generation do not
/// count.
CommitId ComputeCommitId(const Commit& commit);

using records::Page;
using records::PageRequest;

}  // namespace tarn::refs
