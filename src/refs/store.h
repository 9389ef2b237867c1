// Repositories, branches, tags, commits over the KV, and everything that walks them.
//
// Records and keys: docs/formats/kv.md. Immutable commits are cached by repository instance and id;
// repository records for a bounded time (Options); branches and tags are always read. Level 5;
// thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "kv/store.h"
#include "refs/types.h"

namespace tarn::refs {

struct Options {
  int64_t repository_cache_ms = 1000;  ///< How long another server's change may stay unseen.
  size_t commit_cache_bytes = 16 << 20;
  size_t commit_graph_nodes = 100'000;  ///< About 160 bytes each.
};

/// A commit as walks over the history see it.
struct CommitNode {
  CommitId id;
  Timestamp created;
  int32_t generation = 1;
  std::vector<CommitId> parents;
};

/// What a ref expression means.
struct Resolved {
  enum class Kind : uint8_t { kBranch, kTag, kCommit };
  Kind kind = Kind::kCommit;
  Commit commit;                 ///< Of a branch: its head.
  std::optional<Branch> branch;  ///< Kind kBranch only.
  bool with_staging = false;     ///< Reads include uncommitted data: a plain branch, or "branch$".
  bool staging_marked = false;   ///< The expression ended in "$".
};

struct LogRequest {
  CommitId start;
  bool first_parent = false;
  std::optional<int64_t> since_seconds;  ///< Older commits are neither listed nor expanded.
};

class Store {
 public:
  Store(kv::Store& kv, Clock& clock, Random& random, Options options);
  ~Store();

  // Repositories. ------------------------------------------------------------------------------
  /// kRepositoryNotFound; kRepositoryInDeletion.
  Result<Repository> GetRepository(const RepositoryId& id);
  Result<Page<Repository>> ListRepositories(const PageRequest& request, std::string_view search);
  /// Whether repositories that are being created are among the others.
  enum class Unfinished : uint8_t { kHidden, kShown };
  /// Calls `visit` for each repository whose id starts with `prefix`, by id, also for those in
  /// deletion. An error of `visit` ends it.
  Status ForEachRepository(std::string_view prefix,
                           const std::function<Status(const Repository&)>& visit,
                           Unfinished unfinished = Unfinished::kHidden);
  /// What happens while a repository is being created; either may be absent. An error ends it.
  struct CreationSteps {
    std::function<Status()> claim;  ///< When its name is taken, and Unfinished::kShown shows it.
    std::function<Status()> fill;   ///< When it has its first commit and branch.
  };
  /// Takes the name if it is free; kNotUnique ("not unique"). Without a first commit there is no
  /// branch and nothing is filled. Nobody sees the repository before all of it is done.
  Status CreateRepository(const Repository& repository, const std::optional<Commit>& first_commit,
                          const CreationSteps& steps = {});
  /// Ends the creation of a repository, so that it will never be, or its deletion. False if it
  /// exists by now.
  Result<bool> EndUnfinished(const Repository& repository);
  /// Frees the name at once: the record goes, leftovers are queued and removed by SweepDeleted.
  Status DeleteRepository(const Repository& repository);
  /// Queues staging tokens for removal.
  using QueueTokensFn = std::function<Status(std::span<const StagingToken> tokens)>;
  /// Removes records of deleted repositories, of now or before a restart, and ends deletions and
  /// creations that a crash interrupted. For a background thread.
  Status SweepDeleted(const QueueTokensFn& queue_tokens);
  Result<Metadata> GetRepositoryMetadata(const Repository& repository);
  /// Read-modify-write of the whole map with retries.
  Status UpdateRepositoryMetadata(const Repository& repository,
                                  const std::function<void(Metadata*)>& change);
  /// Stored bytes of a setting ("protected_branches"), or nothing.
  Result<std::optional<std::string>> GetSetting(const Repository& repository,
                                                std::string_view name);
  /// Writes a setting if its stored bytes are as `predicate` says; kPredicateFailed.
  Status SetSetting(const Repository& repository, std::string_view name, std::string_view bytes,
                    const std::optional<kv::Predicate>& predicate);

  // Branches. ----------------------------------------------------------------------------------
  /// kBranchNotFound.
  Result<Branch> GetBranch(const Repository& repository, const BranchId& id);
  Result<Page<Branch>> ListBranches(const Repository& repository, const PageRequest& request,
                                    bool with_hidden);
  /// kNotUnique ("branch already exists: not unique").
  Status CreateBranch(const Repository& repository, const Branch& branch);
  /// Removes the record after `prepare` has seen it as it is then; an error of `prepare` ends it.
  /// It may be called several times. kBranchNotFound.
  Status DeleteBranch(const Repository& repository, const BranchId& id,
                      const std::function<Status(const Branch&)>& prepare);
  /// The branches whose token it may be: its text leads there, "<repository>-<branch>:<uuid>", but
  /// both names may have dashes. They need not exist.
  using Owner = std::pair<Repository, BranchId>;
  Result<std::vector<Owner>> FindTokenOwners(const StagingToken& token);
  /// True if a branch names the token, or if nobody can say because its text is another.
  Result<bool> IsTokenNamed(const StagingToken& token);
  /// The one retry loop of branch changes: reads the record, lets `change` edit it (or refuse), and
  /// writes it if unchanged meanwhile; again after a lost race, kTooManyTries after many. `change`
  /// may be called several times and returns false to leave the branch as it is.
  Status UpdateBranch(const Repository& repository, const BranchId& id,
                      const std::function<Result<bool>(Branch*)>& change);

  // Tags. --------------------------------------------------------------------------------------
  Result<Tag> GetTag(const Repository& repository, const TagId& id);
  Result<Page<Tag>> ListTags(const Repository& repository, const PageRequest& request);
  Status CreateTag(const Repository& repository, const Tag& tag);
  Status DeleteTag(const Repository& repository, const TagId& id);

  // Commits. -----------------------------------------------------------------------------------
  /// kCommitNotFound. `id` is the full id.
  Result<std::shared_ptr<const Commit>> GetCommit(const Repository& repository, const CommitId& id);
  /// The same commit without what only readers of it want.
  Result<CommitNode> GetNode(const Repository& repository, const CommitId& id);
  /// Computes the id, writes the record if absent and returns it.
  Result<Commit> AddCommit(const Repository& repository, Commit commit);
  /// Commits by id.
  Result<Page<Commit>> ListCommits(const Repository& repository, const PageRequest& request);
  /// All common ancestors of `to` and of any of `from` that lie behind no other; what the search of
  /// the reference finds is the first (spec: merge-base search), if it is one of them. One, as a
  /// rule; none; or several, where branches were merged crosswise. kCommitNotFound, without a
  /// prefix, if a record is missing.
  Result<std::vector<CommitId>> FindMergeBases(const Repository& repository,
                                               std::span<const CommitId> from, const CommitId& to);
  /// The first of them.
  Result<std::optional<Commit>> FindMergeBase(const Repository& repository, const CommitId& from,
                                              const CommitId& to);
  /// Calls `visit` for commits in log order until it returns false. Parents that are missing are
  /// passed over, with a warning in the server's log.
  Status Log(const Repository& repository, const LogRequest& request,
             const std::function<Result<bool>(const CommitNode&)>& visit);

  // Ref expressions. ---------------------------------------------------------------------------
  /// Resolves "main", "v1.0", "3f2a", "main~2^1", "dev$" ... kNotFound, kInvalidValue. White space
  /// is not refused here (CheckRef does): such a base is just not found.
  Result<Resolved> Resolve(const Repository& repository, std::string_view expression);
  /// Resolve for places that need a commit: "$" is refused with "ref: invalid value: validation
  /// error: should point to a commit".
  Result<Commit> ResolveCommit(const Repository& repository, std::string_view expression);

 private:
  class Impl;
  Status TakeName(const Repository& repository);
  Result<bool> IsCreating(const Repository& repository);
  Result<bool> IsAbandoned(const Repository& repository, int64_t seen_for_ms);
  Status EndMarked();
  Status SweepQueue(const QueueTokensFn& queue_tokens);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::refs
