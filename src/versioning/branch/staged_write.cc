#include "versioning/branch/staged_write.h"

#include <algorithm>
#include <utility>

#include "refs/names.h"
#include "versioning/branch/branch_view.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/protection.h"
#include "versioning/parallel.h"

namespace tarn::versioning {
namespace {

/// Data of a tombstone that keeps late writers out of a sealed token.
constexpr std::string_view kFence = "fence";

/// One conditional set: writes while the path has no value on the branch.
///
/// When a commit takes the staging token away after the write, the value may have missed it, so the
/// write is repeated under the new token; there the writer must not be stopped by its own value.
class SetIfAbsent {
 public:
  SetIfAbsent(Context& context, const refs::Repository& repository, std::string_view path,
              ValueView value)
      : context_(context), repository_(repository), path_(path), value_(value) {}

  enum class Outcome : uint8_t { kWritten, kCommitted, kOvertaken };

  /// Whether the value was written anywhere, or that cannot be told.
  bool may_be_written() const { return may_be_written_; }

  Result<Outcome> Try(const refs::Branch& branch) {
    BranchView view(context_, repository_, branch);
    TARN_TRY_ASSIGN(const auto in_token, view.InToken(path_));
    bool exists = in_token && !in_token->value().is_tombstone();
    if (exists && !may_be_written_) return Exists();
    if (!in_token) {
      TARN_TRY_ASSIGN(const auto in_sealed, view.InSealed(path_));
      if (in_sealed) {
        exists = !in_sealed->value().is_tombstone() && !IsOwn(in_sealed->value());
      } else {
        TARN_TRY_ASSIGN(const auto in_head, view.InHead(path_));
        if (in_head && IsOwn(in_head->view())) return Outcome::kCommitted;
        exists = in_head.has_value();
      }
    }
    bool in_history = false;
    if (exists && may_be_written_) {
      TARN_TRY_ASSIGN(in_history, IsInHistory(branch));
    }
    // True only as far as the record still holds: a commit may have dropped a token meanwhile, and
    // with it the value or the tombstone that counts.
    TARN_TRY_ASSIGN(const refs::Branch now, context_.refs.GetBranch(repository_, branch.id));
    if (!SameView(branch, now)) return Outcome::kOvertaken;
    if (in_history) return Outcome::kCommitted;
    if (exists) return Exists();
    if (!in_token) {
      TARN_TRY_ASSIGN(const bool fenced, FenceSealed(branch));
      if (!fenced) return Outcome::kOvertaken;
    }
    const bool written_before = std::exchange(may_be_written_, true);
    if (!written_before) written_on_ = branch.commit;
    const Status written =
        context_.staging.SetIfUnchanged(branch.staging_token, path_, value_, in_token);
    if (written.code() == Code::kPredicateFailed) {
      may_be_written_ = written_before;
      return Outcome::kOvertaken;
    }
    TARN_TRY(written);
    return Outcome::kWritten;
  }

 private:
  /// Makes sure that no other conditional set, one that began before the tokens were sealed, still
  /// writes the path into one of them: a commit could take it in, and both would be told that they
  /// were first. Nothing is there, so a tombstone changes nothing; where one is it becomes another.
  /// False if somebody was faster.
  Result<bool> FenceSealed(const refs::Branch& branch) {
    for (const StagingToken& token : branch.sealed_tokens) {
      TARN_TRY_ASSIGN(const auto found, context_.staging.Get(token, path_));
      if (found && !found->value().is_tombstone()) return IsOwn(found->value());
      if (found && found->value().data == kFence) return true;
      const Status written =
          context_.staging.SetIfUnchanged(token, path_, {.identity = {}, .data = kFence}, found);
      if (written.code() == Code::kPredicateFailed) return false;
      TARN_TRY(written);
      if (found) return true;  // What is older is hidden by it.
    }
    return true;
  }

  static Status Exists() { return Status(Code::kPreconditionFailed, "path already exists"); }
  /// True if a commit has taken in what was written in an earlier round, or will: then others have
  /// only written over it.
  Result<bool> IsInHistory(const refs::Branch& branch) {
    for (const StagingToken& token : branch.sealed_tokens) {
      TARN_TRY_ASSIGN(const auto found, context_.staging.Get(token, path_));
      if (found && IsOwn(found->value())) return true;
    }
    TARN_TRY_ASSIGN(const auto oldest, context_.refs.GetCommit(repository_, written_on_));
    for (CommitId id = branch.commit; id != written_on_;) {
      TARN_TRY_ASSIGN(const auto commit, context_.refs.GetCommit(repository_, id));
      if (commit->generation <= oldest->generation || commit->parents.empty()) break;
      TARN_TRY_ASSIGN(const auto found, context_.committed.Get(repository_.storage_namespace,
                                                               commit->metarange, path_));
      if (found && IsOwn(found->view())) return true;
      id = commit->MainParent();
    }
    return false;
  }
  /// Physical addresses are never used twice, so equal bytes are this writer's.
  bool IsOwn(ValueView found) const {
    return may_be_written_ && found.identity == value_.identity && found.data == value_.data;
  }

  Context& context_;
  const refs::Repository& repository_;
  const std::string_view path_;
  const ValueView value_;
  bool may_be_written_ = false;
  CommitId written_on_;  // The head when it was written first.
};

Status RunSet(Context& context, const refs::Repository& repository, const BranchId& branch,
              SetIfAbsent* set) {
  for (int i = 0; i < kStagedWriteTriesMax; ++i) {
    TARN_TRY_ASSIGN(const refs::Branch before, context.refs.GetBranch(repository, branch));
    TARN_TRY_ASSIGN(const auto outcome, set->Try(before));
    if (outcome == SetIfAbsent::Outcome::kCommitted) return Status();
    if (outcome == SetIfAbsent::Outcome::kOvertaken) continue;
    TARN_TRY_ASSIGN(const refs::Branch after, context.refs.GetBranch(repository, branch));
    if (SameToken(before, after)) return Status();
  }
  return TooManyStagedWriteTries();
}

/// What one round made of a delete, under the branch record that the round began with.
enum class Deletion : uint8_t {
  kWritten,   ///< A tombstone is in the staging token.
  kNothing,   ///< The path has no value under this record.
  kRemovable  ///< Only the staging token knows the path; its record can go without a trace.
};

/// True if the path may have a value below the staging token: only a tombstone takes it away. A
/// sealed tombstone proves nothing: a delete that was overtaken may have written it after the
/// commit had read the value that was there.
Result<bool> MayHaveValueBelow(const BranchView& view, std::string_view path) {
  TARN_TRY_ASSIGN(const auto in_head, view.InHead(path));
  if (in_head) return true;
  TARN_TRY_ASSIGN(const auto in_sealed, view.InSealed(path));
  return in_sealed.has_value();
}

/// Deletes many paths, going on with those that a commit has overtaken.
class BatchDelete {
 public:
  BatchDelete(Context& context, const refs::Repository& repository, const BranchId& branch,
              std::span<const std::string> paths, bool no_tombstone)
      : context_(context),
        repository_(repository),
        branch_(branch),
        paths_(paths),
        no_tombstone_(no_tombstone),
        results_(paths.size()),
        outcomes_(paths.size(), Deletion::kNothing),
        overtaken_(paths.size()) {}

  Result<std::vector<Status>> Run() {
    for (size_t i = 0; i < paths_.size(); ++i) {
      results_[i] = refs::CheckPath(paths_.size() == 1 ? "path" : "path[" + std::to_string(i) + "]",
                                    paths_[i]);
      if (results_[i].ok()) pending_.push_back(i);
    }
    TARN_TRY_ASSIGN(refs::Branch before, context_.refs.GetBranch(repository_, branch_));
    for (int i = 0; i < kStagedWriteTriesMax && !pending_.empty(); ++i) {
      WriteTombstones(before, LookBelow(before));
      TARN_TRY_ASSIGN(refs::Branch after, context_.refs.GetBranch(repository_, branch_));
      if (no_tombstone_ && SameView(before, after)) {
        RemoveRecords(before);
        TARN_TRY_ASSIGN(after, context_.refs.GetBranch(repository_, branch_));
      }
      KeepOvertaken(before, after);
      before = std::move(after);
    }
    for (const size_t at : pending_) results_[at] = TooManyStagedWriteTries();
    return std::move(results_);
  }

 private:
  /// For each pending path whether it may have a value below; an error goes into results_.
  std::vector<uint8_t> LookBelow(const refs::Branch& branch) {
    const BranchView view(context_, repository_, branch);
    std::vector<uint8_t> below(pending_.size());
    ParallelFor(context_.workers, pending_.size(), [&](size_t k) {
      const auto found = MayHaveValueBelow(view, paths_[pending_[k]]);
      results_[pending_[k]] = found.status();
      below[k] = found.ok() && (*found || overtaken_[pending_[k]] != 0);
    });
    return below;
  }

  /// Buries what has a value below, or in the token; all in one write to the KV.
  void WriteTombstones(const refs::Branch& branch, const std::vector<uint8_t>& below) {
    std::vector<staging::Store::Change> changes;
    std::vector<size_t> changed;
    for (size_t k = 0; k < pending_.size(); ++k) {
      const size_t at = pending_[k];
      if (!results_[at].ok()) continue;
      outcomes_[at] = below[k] != 0 ? Deletion::kWritten : Deletion::kRemovable;
      if (below[k] == 0 && no_tombstone_) continue;
      changes.push_back({.key = paths_[at], .value = {}, .if_present = below[k] == 0});
      changed.push_back(at);
    }
    const std::vector<Status> written = context_.staging.SetMany(branch.staging_token, changes);
    for (size_t k = 0; k < changed.size(); ++k) {
      const bool absent = written[k].code() == Code::kPredicateFailed;
      outcomes_[changed[k]] = absent ? Deletion::kNothing : Deletion::kWritten;
      if (!absent) results_[changed[k]] = written[k];
    }
  }

  /// Removes the records of removable paths. Only while the record is as it was looked up: what a
  /// commit has taken in meanwhile would come to light.
  void RemoveRecords(const refs::Branch& branch) {
    ParallelFor(context_.workers, pending_.size(), [&](size_t k) {
      const size_t at = pending_[k];
      if (outcomes_[at] != Deletion::kRemovable || !results_[at].ok()) return;
      results_[at] = context_.staging.Remove(branch.staging_token, paths_[at]);
      outcomes_[at] = Deletion::kWritten;
    });
  }

  /// Drops from `pending_` what is done: errors, writes into a token that still is the branch's,
  /// and look-ups that found nothing under a record that still holds.
  void KeepOvertaken(const refs::Branch& before, const refs::Branch& after) {
    std::erase_if(pending_, [&](size_t at) {
      if (!results_[at].ok()) return true;
      if (outcomes_[at] != Deletion::kWritten) return SameView(before, after);
      overtaken_[at] = 1;
      return SameToken(before, after);
    });
  }

  Context& context_;
  const refs::Repository& repository_;
  const BranchId& branch_;
  const std::span<const std::string> paths_;
  const bool no_tombstone_;
  std::vector<size_t> pending_;  // Positions in paths_.
  std::vector<Status> results_;
  std::vector<Deletion> outcomes_;
  // Set where a commit may have taken the value in that was buried or removed too late.
  std::vector<uint8_t> overtaken_;
};

}  // namespace

Status CheckStagedWrite(Context& context, const refs::Repository& repository,
                        const BranchId& branch, bool force) {
  TARN_TRY(CheckUnprotected(context, repository, branch, BlockedAction::kStagingWrite));
  return CheckWritable(repository, force);
}

Status StageValue(Context& context, const refs::Repository& repository, const BranchId& branch,
                  std::string_view path, ValueView value, SetCondition condition,
                  block::UnlinkedObject* object) {
  TARN_TRY(refs::CheckPath("path", path));
  if (value.identity.empty()) {
    return Status(Code::kInvalidValue, "invalid value: validation error");
  }
  if (condition == SetCondition::kAbsent) {
    SetIfAbsent set(context, repository, path, value);
    Status staged = RunSet(context, repository, branch, &set);
    if (object != nullptr && set.may_be_written()) object->Release();
    return staged;
  }
  TARN_TRY_ASSIGN(refs::Branch before, context.refs.GetBranch(repository, branch));
  for (int i = 0; i < kStagedWriteTriesMax; ++i) {
    if (object != nullptr) object->Release();
    TARN_TRY(context.staging.Set(before.staging_token, path, value));
    TARN_TRY_ASSIGN(refs::Branch after, context.refs.GetBranch(repository, branch));
    if (SameToken(before, after)) return Status();
    before = std::move(after);
  }
  return TooManyStagedWriteTries();
}

Status StageDelete(Context& context, const refs::Repository& repository, const BranchId& branch,
                   std::string_view path, bool no_tombstone) {
  const std::string owned(path);
  TARN_TRY_ASSIGN(auto results,
                  StageDeleteMany(context, repository, branch, {&owned, 1}, no_tombstone));
  return std::move(results.front());
}

Result<std::vector<Status>> StageDeleteMany(Context& context, const refs::Repository& repository,
                                            const BranchId& branch,
                                            std::span<const std::string> paths, bool no_tombstone) {
  if (paths.size() > kDeletePathsMax) {
    return Status(Code::kInvalidValue,
                  "keys length (" + std::to_string(paths.size()) + ") passed the maximum allowed(" +
                      std::to_string(kDeletePathsMax) + "): invalid value: validation error");
  }
  return BatchDelete(context, repository, branch, paths, no_tombstone).Run();
}

}  // namespace tarn::versioning
