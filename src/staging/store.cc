#include "staging/store.h"

#include "base/check.h"
#include "base/log.h"
#include "base/random.h"
#include "base/sync.h"
#include "iter/merge_iterator.h"
#include "records/layout.h"
#include "staging/record.h"

namespace tarn::staging {
namespace {

constexpr std::string_view kCleanupValue = "stub-value";

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
      queued_at_ms_.emplace(token.str(), clock_.MonotonicMs());
    }
  }
  for (Status& queued : kv_.SetMany(records::kCleanupPartition, puts)) TARN_TRY(std::move(queued));
  return Status();
}

Result<bool> Store::MayDrop(const StagingToken& token, bool first_pass, const NamedFn& is_named) {
  {
    // Before the look at the branches: what is no draft any more is named by now, or never will be.
    MutexLock lock(mutex_);
    if (drafts_.contains(token.str())) return false;
  }
  TARN_TRY_ASSIGN(const bool named, is_named(token));
  if (!named) return GraceIsOver(token.str(), first_pass);
  MutexLock lock(mutex_);
  queued_at_ms_.erase(token.str());  // The grace begins when no branch names it.
  return false;
}

bool Store::GraceIsOver(const std::string& token, bool first_pass) {
  const int64_t now_ms = clock_.MonotonicMs();
  MutexLock lock(mutex_);
  const auto [queued, is_new] = queued_at_ms_.emplace(token, now_ms);
  if (is_new && first_pass && !kv_.traits().shared) return true;
  return now_ms - queued->second >= options_.drop_grace_ms;
}

Status Store::DropQueued(const NamedFn& is_named) {
  bool first_pass;
  {
    MutexLock lock(mutex_);
    first_pass = !std::exchange(passed_once_, true);
  }
  TARN_TRY_ASSIGN(auto queue, kv_.Scan(records::kCleanupPartition, ""));
  TARN_TRY(queue->Seek(""));
  while (queue->Valid()) {
    const StagingToken token(queue->key());
    const auto may_drop = MayDrop(token, first_pass, is_named);
    if (!may_drop.ok()) {
      // One damaged record must not keep the rest from going.
      TARN_LOG_WARN("staged data stays for now: {} {}", token.str(), may_drop.status().ToString());
    } else if (*may_drop) {
      // The records first: a crash in between leaves the token queued.
      TARN_TRY(kv_.Drop(token.view(), ""));
      TARN_TRY(kv_.Delete(records::kCleanupPartition, token.view()));
      MutexLock lock(mutex_);
      queued_at_ms_.erase(token.str());
    }
    TARN_TRY(queue->Next());
  }
  return Status();
}

Draft::Draft(Store& store, StagingToken token) : store_(store), token_(std::move(token)) {
  MutexLock lock(store_.mutex_);
  store_.drafts_.insert(token_.str());
}

Draft::~Draft() {
  MutexLock lock(store_.mutex_);
  store_.drafts_.erase(token_.str());
}

Status Draft::Add(std::span<const Store::Change> changes) {
  if (empty_) TARN_TRY(store_.QueueDrop({&token_, 1}));
  empty_ = false;
  for (Status& written : store_.SetMany(token_, changes)) TARN_TRY(std::move(written));
  return Status();
}

StagingToken NewStagingToken(const RepositoryId& repository, const BranchId& branch) {
  return StagingToken(repository.str() + "-" + branch.str() + ":" + NewUuid(SystemRandom()));
}

}  // namespace tarn::staging
