#include "versioning/branch/branch_ownership.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "records/layout.h"
#include "runtime/worker_pool.h"
#include "versioning/branch/ownership_record.h"

namespace tarn::versioning {
namespace {

constexpr int kNonceLength = 21;
constexpr int64_t kNanosPerMs = 1'000'000;

std::string KeyOf(const refs::Repository& repository, const BranchId& branch) {
  const std::string& id = repository.id.str();
  return fmt::format("{}{}:{}/{}", records::kOwnerPrefix, id.size(), id, branch.str());
}

Timestamp After(Timestamp time, int64_t ms) {
  const int64_t nanos = time.nanos + ms % 1000 * kNanosPerMs;
  return {time.seconds + ms / 1000 + nanos / (1000 * kNanosPerMs),
          static_cast<int32_t>(nanos % (1000 * kNanosPerMs))};
}

/// A record that cannot be read keeps nobody from the branch.
bool IsOver(const std::string& record, Timestamp now) {
  const auto expires = DecodeOwnershipExpiry(record);
  return !expires.ok() || *expires <= now;
}

}  // namespace

OwnedBranch::OwnedBranch(Context& context, const refs::Repository& repository,
                         const BranchId& branch)
    : context_(context),
      key_(context.settings.branch_ownership.enabled ? KeyOf(repository, branch) : ""),
      owner_(key_.empty() ? ""
                          : fmt::format("{}#{}", context.xids.New(),
                                        NewNanoId(context.random, kNonceLength))) {
  if (key_.empty()) return;
  const auto taken = Take();
  if (taken.ok() && !*taken) Await();
  owned_ = !record_.empty();
  if (owned_) refresher_ = Thread("branch-owner", [this] { Refresh(); });
}

OwnedBranch::~OwnedBranch() {
  if (!owned_) return;
  {
    const MutexLock lock(mutex_);
    released_ = true;
  }
  changed_.NotifyAll();
  refresher_.Join();
  if (!record_.empty()) {
    IgnoreError(
        context_.kv.DeleteIf(records::kOwnersPartition, key_, kv::Predicate::Equals(record_)),
        "it runs out by itself");
  }
}

std::string OwnedBranch::NewRecord() const {
  return EncodeOwnership(
      owner_, After(context_.clock.Now(), context_.settings.branch_ownership.refresh_ms));
}

Result<bool> OwnedBranch::Take() {
  TARN_TRY_ASSIGN(const auto found, context_.kv.Get(records::kOwnersPartition, key_));
  if (found && !IsOver(*found, context_.clock.Now())) return false;
  std::string record = NewRecord();
  const Status written =
      context_.kv.SetIf(records::kOwnersPartition, key_, record, kv::Predicate::Unchanged(found));
  if (written.code() == Code::kPredicateFailed) return false;
  TARN_TRY(written);
  record_ = std::move(record);
  return true;
}

void OwnedBranch::Await() {
  const runtime::StandAside aside(runtime::StandAside::Lane::kKeep);
  const Deadline end(kWaitMs);
  while (end.RemainingMs() > 0) {
    // By chance a little more or less, so that those who wait do not always meet.
    const auto pause_ms =
        static_cast<uint64_t>(std::max<int64_t>(1, context_.settings.branch_ownership.acquire_ms));
    SleepForUs(static_cast<int64_t>(pause_ms * 500 + context_.random.Next64() % (pause_ms * 1000)));
    const auto taken = Take();
    if (!taken.ok() || *taken) return;
  }
  TARN_LOG_DEBUG("{} is owned by others all the time: going on without", key_);
}

void OwnedBranch::Refresh() {
  const int64_t period_ms = std::max<int64_t>(1, context_.settings.branch_ownership.refresh_ms / 2);
  MutexLock lock(mutex_);
  while (!released_) {
    changed_.WaitFor(lock, period_ms);
    if (released_) return;
    lock.Unlock();
    std::string record = NewRecord();
    const Status written =
        context_.kv.SetIf(records::kOwnersPartition, key_, record, kv::Predicate::Equals(record_));
    lock.Lock();
    if (written.ok()) {
      record_ = std::move(record);
    } else if (written.code() == Code::kPredicateFailed) {
      record_.clear();  // It ran out, and another has taken it.
      return;
    }
  }
}

}  // namespace tarn::versioning
