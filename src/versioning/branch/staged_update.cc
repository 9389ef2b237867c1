#include "versioning/branch/staged_update.h"

#include <optional>

#include "refs/names.h"
#include "versioning/branch/branch_view.h"

namespace tarn::versioning {
namespace {

/// The value of a path at a branch record, and its record in the staging token, if it has one.
struct Current {
  std::optional<staging::Staged> in_token, in_sealed;
  std::optional<sst::PinnedValue> in_head;

  ValueView value() const {
    if (in_token) return in_token->value();
    if (in_sealed) return in_sealed->value();
    return in_head ? in_head->view() : ValueView{};
  }
};

Result<Current> Look(const BranchView& view, std::string_view path) {
  Current current;
  TARN_TRY_ASSIGN(current.in_token, view.InToken(path));
  if (current.in_token) return current;
  TARN_TRY_ASSIGN(current.in_sealed, view.InSealed(path));
  if (current.in_sealed) return current;
  TARN_TRY_ASSIGN(current.in_head, view.InHead(path));
  return current;
}

enum class Outcome : uint8_t { kDone, kAgain };

/// One round. `*buried` says whether a round before this one has staged the absence of the path: a
/// commit may have read the value before that, so absence below the token then proves nothing.
Result<Outcome> Try(Context& context, const refs::Repository& repository, const BranchId& branch,
                    std::string_view path, const ValueChange& change, bool* buried) {
  TARN_TRY_ASSIGN(const refs::Branch before, context.refs.GetBranch(repository, branch));
  TARN_TRY_ASSIGN(const Current current, Look({context, repository, before}, path));
  // True only as far as the record still holds: a commit may have dropped a token meanwhile.
  TARN_TRY_ASSIGN(const refs::Branch now, context.refs.GetBranch(repository, branch));
  if (!SameView(before, now)) return Outcome::kAgain;
  const ValueView value = current.value();
  const bool again = *buried && !current.in_token && current.in_sealed && value.is_tombstone();
  if (value.is_tombstone() && !again) return Status(Code::kNotFound, "not found");

  Value next;
  if (!again) {
    TARN_TRY_ASSIGN(next, change(value));
  }
  if (!again && next.identity == value.identity && next.data == value.data) {
    if (!current.in_sealed) return Outcome::kDone;
    // What lies in a sealed token may have come there after the commit had read it: write it again,
    // unless it is no change: then it would be one as soon as a merge moves the head.
    TARN_TRY_ASSIGN(const auto in_head, BranchView(context, repository, before).InHead(path));
    if (in_head && in_head->view().identity == value.identity &&
        in_head->view().data == value.data) {
      return Outcome::kDone;
    }
  }
  const Status written =
      context.staging.SetIfUnchanged(before.staging_token, path, next.view(), current.in_token);
  if (written.code() == Code::kPredicateFailed) return Outcome::kAgain;
  TARN_TRY(written);
  *buried = *buried || next.view().is_tombstone();
  TARN_TRY_ASSIGN(const refs::Branch after, context.refs.GetBranch(repository, branch));
  return SameToken(before, after) ? Outcome::kDone : Outcome::kAgain;
}

}  // namespace

Status StageUpdate(Context& context, const refs::Repository& repository, const BranchId& branch,
                   std::string_view path, const ValueChange& change) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  bool buried = false;
  for (int i = 0; i < kStagedWriteTriesMax; ++i) {
    TARN_TRY_ASSIGN(const Outcome outcome, Try(context, repository, branch, path, change, &buried));
    if (outcome == Outcome::kDone) return Status();
  }
  return TooManyStagedWriteTries();
}

Status StageDeleteIf(Context& context, const refs::Repository& repository, const BranchId& branch,
                     std::string_view path, const ValueCheck& check) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  bool buried = false;
  bool refused = false;
  const ValueChange bury = [&](ValueView current) -> Result<Value> {
    const Status checked = check(current);
    refused = !checked.ok();
    TARN_TRY(checked);
    return Value();
  };
  for (int i = 0; i < kStagedWriteTriesMax; ++i) {
    const auto outcome = Try(context, repository, branch, path, bury, &buried);
    // What was buried once and is gone, or was written anew since, has been deleted.
    if (!outcome.ok()) {
      const bool is_done = buried && (refused || outcome.code() == Code::kNotFound);
      return is_done ? Status() : outcome.status();
    }
    if (*outcome == Outcome::kDone) return Status();
  }
  return TooManyStagedWriteTries();
}

}  // namespace tarn::versioning
