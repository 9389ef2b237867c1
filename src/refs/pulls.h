// Pull requests: a wish to merge one branch into another, as a record of its repository.
//
// Records and keys: docs/formats/kv.md. The record lies in the repository's partition, newest first
// by its id; a second one in the partition "pulls" finds the latest by its two branches. Not tied
// to the life of the branches. Level 5; thread-safe functions that wait.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "kv/store.h"
#include "refs/types.h"

namespace tarn::refs {

enum class PullStatus : uint8_t { kOpen, kClosed, kMerged };

struct Pull {
  std::string id;  ///< xid whose time runs backwards.
  PullStatus status = PullStatus::kOpen;
  Timestamp created;
  std::string title, author, description;
  BranchId source, destination;
  std::optional<CommitId> merge_commit;
  std::optional<Timestamp> closed;  ///< Of the last time; stays when it is opened again.
};

/// Which ones to list.
enum class PullFilter : uint8_t {
  kAll,
  kOpen,
  kClosed,  ///< Closed and merged ones.
};

std::string EncodePull(const Pull& pull);
/// kCorrupt for bytes that are no such record.
Result<Pull> DecodePull(std::string_view bytes);

/// kInvalidValue "argument <argument>: pull request id: invalid value: validation error".
Status CheckPullId(std::string_view argument, std::string_view id);

/// kPullRequestNotFound.
Result<Pull> GetPull(kv::Store& kv, const Repository& repository, std::string_view id);
Result<Page<Pull>> ListPulls(kv::Store& kv, const Repository& repository,
                             const PageRequest& request, PullFilter filter);
/// Writes the index, then the record; kNotUnique if the id is taken.
Status CreatePull(kv::Store& kv, const Repository& repository, const Pull& pull);
/// Lets `change` edit the record as it is now, and writes it if nobody else did meanwhile; else
/// again. An error of `change` ends it. kPullRequestNotFound; kTooManyTries.
Status UpdatePull(kv::Store& kv, Random& random, const Repository& repository, std::string_view id,
                  const std::function<Status(Pull*)>& change);

}  // namespace tarn::refs
