// Lines up the commits of one branch on all servers that share the KV, as BranchLocks does within
// one, so that they do not redo each other's work: whoever has the branch's record of ownership
// goes first. Advisory, as in the reference, with which the record is shared: branches are guarded
// by compare-and-set, and whoever waits too long, or cannot reach the record, goes on without it.
// Record: docs/formats/kv.md, partition "mc-ownership". Level 6.
#pragma once

#include <memory>
#include <string>

#include "base/ids.h"
#include "base/sync.h"
#include "versioning/context.h"

namespace tarn::versioning {

/// A branch, owned until destroyed if the settings ask for ownership; else nothing. One thread.
class OwnedBranch {
 public:
  /// Waits, for at most kWaitMs.
  OwnedBranch(Context& context, const refs::Repository& repository, const BranchId& branch);
  /// Gives the branch to whoever waits for it.
  ~OwnedBranch();
  OwnedBranch(const OwnedBranch&) = delete;
  OwnedBranch& operator=(const OwnedBranch&) = delete;

  /// False if nobody asked for ownership, or it was not to be had.
  bool owned() const { return owned_; }

  static constexpr int64_t kWaitMs = 10'000;

 private:
  /// A record of this owner that is good for another while.
  std::string NewRecord() const;
  /// Writes the record if nobody owns the branch. False if somebody does.
  Result<bool> Take();
  void Await();
  /// Keeps the record from running out, until the branch is released.
  void Refresh();

  Context& context_;
  const std::string key_, owner_;
  bool owned_ = false;
  std::string record_;  // As written last; empty once it was lost. Of the refresher while it runs.
  Mutex mutex_;
  CondVar changed_;
  bool released_ TARN_GUARDED_BY(mutex_) = false;
  Thread refresher_;
};

}  // namespace tarn::versioning
