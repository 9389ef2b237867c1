// Uncommitted changes: one KV partition per staging token, path -> StagedEntryData.
//
// Records are decoded by hand (docs/formats/kv.md, message StagedEntryData: key 1, identity 2,
// data 3); a record without identity is a tombstone. Level 5; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/sync.h"
#include "codec/value.h"
#include "iter/sorted_iterator.h"
#include "kv/store.h"
#include "records/staging_token.h"

namespace tarn::staging {

/// A staged record: a value or a tombstone, and the stored bytes for a later compare-and-set.
struct Staged {
  std::string record;  ///< Stored bytes; `value` borrows from it.
  ValueView value() const;
};

struct Options {
  /// How long a queued token stays, so that a listing that began before still finds its records. On
  /// a KV that others share it begins when this process first sees the token; else tokens of before
  /// the start are removed at once.
  int64_t drop_grace_ms = 10'000;
  /// How long after that a token stays queued, to be removed once more: a writer that was slow may
  /// have come too late to see that the branch has another one.
  int64_t late_writes_ms = 600'000;
};

class Store {
 public:
  explicit Store(kv::Store& kv) : Store(kv, SystemClock(), {}) {}
  Store(kv::Store& kv, Clock& clock, Options options);

  /// The record of `key` under one token, or nothing.
  Result<std::optional<Staged>> Get(const StagingToken& token, std::string_view key);
  /// The first record of `key` among `tokens`, newest first, or nothing. A tombstone is a record.
  Result<std::optional<Staged>> GetFirst(std::span<const StagingToken> tokens,
                                         std::string_view key);
  /// Stages a value; the last writer wins.
  Status Set(const StagingToken& token, std::string_view key, ValueView value);
  /// Stages a value if the key's record is still as it was found; kPredicateFailed otherwise.
  Status SetIfUnchanged(const StagingToken& token, std::string_view key, ValueView value,
                        const std::optional<Staged>& found);
  /// One change of SetMany; a tombstone stages the absence of `key`.
  struct Change {
    std::string_view key;
    ValueView value;
    bool if_present = false;  ///< Only if the key has a record; kPredicateFailed otherwise.
  };
  /// Stages many changes at the cost of few, one status each; not atomic.
  std::vector<Status> SetMany(const StagingToken& token, std::span<const Change> changes);
  /// Stages the absence of `key`.
  Status SetTombstone(const StagingToken& token, std::string_view key);
  /// Forgets a record.
  Status Remove(const StagingToken& token, std::string_view key);
  /// Forgets a record if it is still as it was found; kPredicateFailed otherwise.
  Status RemoveIfUnchanged(const StagingToken& token, std::string_view key, const Staged& found);
  /// Forgets all records whose keys start with `prefix`; as atomic as Store::Drop of the KV.
  Status RemoveBelow(const StagingToken& token, std::string_view prefix);
  /// Values and tombstones of all `tokens`, newest first: on equal keys the newest wins.
  Result<AnyIteratorPtr<ValueView>> Iterate(std::span<const StagingToken> tokens);
  /// True if a token has a record whose key starts with `prefix`.
  Result<bool> HasBelow(std::span<const StagingToken> tokens, std::string_view prefix);
  /// True if no token has a record.
  Result<bool> Empty(std::span<const StagingToken> tokens);

  /// Queues tokens for removal; durable. To be called before a branch lets go of them, so that no
  /// crash leaves records that nothing leads to: DropQueued spares what a branch still names.
  Status QueueDrop(std::span<const StagingToken> tokens);
  /// How DropQueued asks for branches.
  struct Branches {
    /// True if a branch names the token.
    std::function<Result<bool>(const StagingToken& token)> names;
    /// Changes the record of the token's branch, so that no compare-and-set that is under way can
    /// make it name the token.
    std::function<Status(const StagingToken& token)> fence;
  };
  /// Removes what was queued (now or before a restart) and is not named, once its grace is over. A
  /// draft that nobody has added to for so long is claimed first: it cannot be linked any more. For
  /// a background thread, at start and then every few seconds.
  Status DropQueued(const Branches& branches);

 private:
  friend class Draft;

  /// A queued token as this process knows it.
  struct Queued {
    std::string value;  // Of its record in the queue.
    int64_t since_ms = 0;
    uint64_t pass = 0;  // That saw it last; of a new one the last that had begun.
    bool dropped = false;
  };

  Status DropOne(const StagingToken& token, std::string value, bool first_pass,
                 const Branches& branches);
  Result<bool> MayDrop(const StagingToken& token, std::string value, bool first_pass,
                       const Branches& branches);
  Status Linked(const StagingToken& token, const std::string& value);
  bool IsOver(const StagingToken& token, const std::string& value, bool first_pass,
              int64_t wait_ms);
  Status RemoveLateWrites(const StagingToken& token);

  kv::Store& kv_;
  Clock& clock_;
  const Options options_;
  Mutex mutex_;
  uint64_t pass_ TARN_GUARDED_BY(mutex_) = 0;  // Counts calls of DropQueued.
  std::unordered_map<std::string, Queued> queued_ TARN_GUARDED_BY(mutex_);
};

/// A token that is filled before a branch names it. It is queued for removal before its first
/// record, so that a crash leaves nothing, and each batch renews its grace.
///
/// A sweep, of whatever server, claims what was not renewed and then fences the branch. So whoever
/// links a draft reads the branch, asks IsMine, and compares and sets: one of the two finds out.
class Draft {
 public:
  Draft(Store& store, StagingToken token) : store_(store), token_(std::move(token)) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const StagingToken& token() const { return token_; }
  bool empty() const { return value_.empty(); }
  /// Adds values and tombstones, perhaps none. Unlike Store::SetMany, all or an error;
  /// kPredicateFailed once a sweep has claimed the draft.
  Status Add(std::span<const Store::Change> changes);
  /// False once a sweep has claimed the draft. True for an empty one, which nothing links.
  Result<bool> IsMine();
  /// Nobody will link it.
  void GiveUp();

 private:
  Store& store_;
  const StagingToken token_;
  std::string value_;  // Of its record in the queue; empty: none.
  int64_t batches_ = 0;
};

using records::NewStagingToken;

}  // namespace tarn::staging
