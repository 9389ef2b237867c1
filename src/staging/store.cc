#include "staging/store.h"

#include "base/check.h"
#include "base/log.h"
#include "base/sync.h"
#include "iter/merge_iterator.h"
#include "records/layout.h"
#include "staging/record.h"

namespace tarn::staging {
namespace {

constexpr std::string_view kCleanupValue = "stub-value";
// Of drafts; the number of batches follows, or nothing once a sweep has claimed one.
constexpr std::string_view kDraftValue = "tarn-draft";

Status Damaged(const StagingToken& token, std::string_view key, Status status) {
  return std::move(status).Prefixed("uncommitted change of '" + std::string(key) + "' in " +
                                    token.str() + ": ");
}

class TokenIterator final : public AnyIterator<ValueView> {
 public:
  TokenIterator(StagingToken token, kv::IteratorPtr records)
      : token_(std::move(token)), records_(std::move(records)) {}

  Status Seek(std::string_view target) override {
    valid_ = false;
    TARN_TRY(records_->Seek(target));
    return Load();
  }
  Status Next() override {
    valid_ = false;
    TARN_TRY(records_->Next());
    return Load();
  }
  bool Valid() const override { return valid_; }
  std::string_view key() const override { return records_->key(); }
  const ValueView& value() const override { return value_; }

 private:
  Status Load() {
    if (!records_->Valid()) return Status();
    auto value = DecodeRecord(records_->value());
    if (!value.ok()) return Damaged(token_, records_->key(), std::move(value).status());
    value_ = *value;
    valid_ = true;
    return Status();
  }

  const StagingToken token_;
  const kv::IteratorPtr records_;
  ValueView value_;
  bool valid_ = false;
};

}  // namespace

ValueView Staged::value() const {
  auto value = DecodeRecord(record);
  TARN_CHECK(value.ok());  // Get has read it before.
  return *value;
}

Store::Store(kv::Store& kv, Clock& clock, Options options)
    : kv_(kv), clock_(clock), options_(options) {}

Result<std::optional<Staged>> Store::Get(const StagingToken& token, std::string_view key) {
  TARN_TRY_ASSIGN(auto record, kv_.Get(token.view(), key));
  if (!record) return std::optional<Staged>();
  auto value = DecodeRecord(*record);
  if (!value.ok()) return Damaged(token, key, std::move(value).status());
  return std::optional<Staged>(Staged{*std::move(record)});
}

Result<std::optional<Staged>> Store::GetFirst(std::span<const StagingToken> tokens,
                                              std::string_view key) {
  for (const StagingToken& token : tokens) {
    TARN_TRY_ASSIGN(auto staged, Get(token, key));
    if (staged) return staged;
  }
  return std::optional<Staged>();
}

Status Store::Set(const StagingToken& token, std::string_view key, ValueView value) {
  // Without identity it would be a tombstone.
  if (value.is_tombstone()) return Status(Code::kInvalidValue, "invalid value: validation error");
  return kv_.Set(token.view(), key, EncodeRecord(key, value));
}

Status Store::SetIfUnchanged(const StagingToken& token, std::string_view key, ValueView value,
                             const std::optional<Staged>& found) {
  return kv_.SetIf(token.view(), key, EncodeRecord(key, value),
                   found ? kv::Predicate::Equals(found->record) : kv::Predicate::Absent());
}

Status Store::SetTombstone(const StagingToken& token, std::string_view key) {
  return kv_.Set(token.view(), key, EncodeRecord(key, {}));
}

std::vector<Status> Store::SetMany(const StagingToken& token, std::span<const Change> changes) {
  const kv::Predicate present = kv::Predicate::Present();
  std::vector<std::string> records(changes.size());
  std::vector<kv::Put> writes(changes.size());
  for (size_t i = 0; i < changes.size(); ++i) {
    records[i] = EncodeRecord(changes[i].key, changes[i].value);
    writes[i] = {changes[i].key, records[i], changes[i].if_present ? &present : nullptr};
  }
  return kv_.SetMany(token.view(), writes);
}

Status Store::Remove(const StagingToken& token, std::string_view key) {
  return kv_.Delete(token.view(), key);
}

Status Store::RemoveIfUnchanged(const StagingToken& token, std::string_view key,
                                const Staged& found) {
  return kv_.DeleteIf(token.view(), key, kv::Predicate::Equals(found.record));
}

Status Store::RemoveBelow(const StagingToken& token, std::string_view prefix) {
  return kv_.Drop(token.view(), prefix);
}

Result<AnyIteratorPtr<ValueView>> Store::Iterate(std::span<const StagingToken> tokens) {
  std::vector<AnyIteratorPtr<ValueView>> sources;
  sources.reserve(tokens.size());
  for (const StagingToken& token : tokens) {
    TARN_TRY_ASSIGN(auto records, kv_.Scan(token.view(), ""));
    sources.push_back(std::make_unique<TokenIterator>(token, std::move(records)));
  }
  if (sources.size() == 1) return std::move(sources.front());
  return AnyIteratorPtr<ValueView>(std::make_unique<MergeIterator<ValueView>>(std::move(sources)));
}

Result<bool> Store::HasBelow(std::span<const StagingToken> tokens, std::string_view prefix) {
  for (const StagingToken& token : tokens) {
    TARN_TRY_ASSIGN(auto records, kv_.Scan(token.view(), prefix));
    TARN_TRY(records->Seek(prefix));
    if (records->Valid()) return true;
  }
  return false;
}

Result<bool> Store::Empty(std::span<const StagingToken> tokens) {
  TARN_TRY_ASSIGN(const bool any, HasBelow(tokens, ""));
  return !any;
}

Status Store::QueueDrop(std::span<const StagingToken> tokens) {
  std::vector<kv::Put> puts;
  puts.reserve(tokens.size());
  for (const StagingToken& token : tokens) puts.push_back({token.view(), kCleanupValue});
  {
    MutexLock lock(mutex_);
    for (const StagingToken& token : tokens) {
      Queued now{std::string(kCleanupValue), clock_.MonotonicMs()};
      queued_.try_emplace(token.str(), std::move(now)).first->second.pass = pass_;
    }
  }
  for (Status& queued : kv_.SetMany(records::kCleanupPartition, puts)) TARN_TRY(std::move(queued));
  return Status();
}

/// True if the token was seen queued with this value, and not named, for so long.
bool Store::IsOver(const StagingToken& token, const std::string& value, bool first_pass,
                   int64_t wait_ms) {
  const int64_t now_ms = clock_.MonotonicMs();
  MutexLock lock(mutex_);
  const auto [queued, is_new] = queued_.try_emplace(token.str(), Queued{value, now_ms, pass_});
  if (is_new && first_pass && !kv_.traits().shared) return true;
  if (queued->second.value != value) queued->second = {value, now_ms, pass_};
  return now_ms - queued->second.since_ms >= wait_ms;
}

/// A branch names the token: it is no draft any more, and its grace begins when it is named no
/// more.
Status Store::Linked(const StagingToken& token, const std::string& value) {
  {
    MutexLock lock(mutex_);
    queued_.erase(token.str());
  }
  if (!value.starts_with(kDraftValue)) return Status();
  Status set = kv_.SetIf(records::kCleanupPartition, token.view(), kCleanupValue,
                         kv::Predicate::Equals(value));
  return set.code() == Code::kPredicateFailed ? Status() : set;
}

Result<bool> Store::MayDrop(const StagingToken& token, std::string value, bool first_pass,
                            const Branches& branches) {
  TARN_TRY_ASSIGN(const bool named, branches.names(token));
  if (named) {
    TARN_TRY(Linked(token, value));
    return false;
  }
  if (!IsOver(token, value, first_pass, options_.drop_grace_ms)) return false;
  if (!value.starts_with(kDraftValue)) return true;
  if (value != kDraftValue) {
    const Status claimed = kv_.SetIf(records::kCleanupPartition, token.view(), kDraftValue,
                                     kv::Predicate::Equals(value));
    if (claimed.code() == Code::kPredicateFailed) return false;
    TARN_TRY(claimed);
    value = kDraftValue;
  }
  TARN_TRY(branches.fence(token));
  TARN_TRY_ASSIGN(const bool linked, branches.names(token));
  if (linked) TARN_TRY(Linked(token, value));
  return !linked;
}

Status Store::RemoveLateWrites(const StagingToken& token) {
  TARN_TRY_ASSIGN(const bool empty, Empty({&token, 1}));
  if (!empty) TARN_TRY(kv_.Drop(token.view(), ""));
  TARN_TRY(kv_.Delete(records::kCleanupPartition, token.view()));
  MutexLock lock(mutex_);
  queued_.erase(token.str());
  return Status();
}

Status Store::DropOne(const StagingToken& token, std::string value, bool first_pass,
                      const Branches& branches) {
  {
    MutexLock lock(mutex_);
    const auto known = queued_.find(token.str());
    if (known != queued_.end()) known->second.pass = pass_;
    if (known != queued_.end() && known->second.dropped) {
      if (clock_.MonotonicMs() - known->second.since_ms < options_.late_writes_ms) return Status();
      lock.Unlock();
      return RemoveLateWrites(token);
    }
  }
  const auto may_drop = MayDrop(token, value, first_pass, branches);
  if (!may_drop.ok()) {
    // One damaged record must not keep the rest from going.
    TARN_LOG_WARN("staged data stays for now: {} {}", token.str(), may_drop.status().ToString());
  }
  if (!may_drop.ok() || !*may_drop) return Status();
  // The records first: a crash in between leaves the token queued.
  TARN_TRY(kv_.Drop(token.view(), ""));
  if (first_pass && !kv_.traits().shared) return RemoveLateWrites(token);
  MutexLock lock(mutex_);
  queued_[token.str()] = {std::move(value), clock_.MonotonicMs(), pass_, /*dropped=*/true};
  return Status();
}

Status Store::DropQueued(const Branches& branches) {
  uint64_t pass = 0;
  {
    MutexLock lock(mutex_);
    pass = ++pass_;
  }
  TARN_TRY_ASSIGN(auto queue, kv_.Scan(records::kCleanupPartition, ""));
  TARN_TRY(queue->Seek(""));
  while (queue->Valid()) {
    const StagingToken token(queue->key());
    TARN_TRY(DropOne(token, std::string(queue->value()), /*first_pass=*/pass == 1, branches));
    TARN_TRY(queue->Next());
  }
  // Other servers have removed those.
  MutexLock lock(mutex_);
  std::erase_if(queued_, [&](const auto& known) { return known.second.pass < pass; });
  return Status();
}

Status Draft::Add(std::span<const Store::Change> changes) {
  if (empty() && changes.empty()) return Status();
  std::string next = std::string(kDraftValue) + " " + std::to_string(++batches_);
  TARN_TRY(store_.kv_.SetIf(records::kCleanupPartition, token_.view(), next,
                            empty() ? kv::Predicate::Absent() : kv::Predicate::Equals(value_)));
  value_ = std::move(next);
  {
    MutexLock lock(store_.mutex_);  // So that this process does not take it for an old one.
    store_.queued_[token_.str()] = {value_, store_.clock_.MonotonicMs(), store_.pass_};
  }
  for (Status& written : store_.SetMany(token_, changes)) TARN_TRY(std::move(written));
  return Status();
}

Result<bool> Draft::IsMine() {
  if (empty()) return true;
  TARN_TRY_ASSIGN(const auto found, store_.kv_.Get(records::kCleanupPartition, token_.view()));
  return found == value_;
}

void Draft::GiveUp() {
  if (empty()) return;
  IgnoreError(store_.kv_.SetIf(records::kCleanupPartition, token_.view(), kCleanupValue,
                               kv::Predicate::Equals(value_)),
              "a sweep claims it");
}

}  // namespace tarn::staging
