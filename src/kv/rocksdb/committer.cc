#include "kv/rocksdb/committer.h"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "base/log.h"
#include "kv/rocksdb/physical_key.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

constexpr size_t kGroupWritesMax = 1024;
constexpr size_t kGroupBytesMax = 8 << 20;
// A batch that held large values gives its memory back.
constexpr size_t kBatchBytesKept = 256 << 10;
// A range tombstone costs every later read a little until it is compacted away, so a drop of few
// keys deletes them one by one.
constexpr size_t kDropByKeyMax = 32;
// Tombstones of keys and ranges slow scans until they reach tables, where the deletion collector
// has them compacted.
constexpr size_t kDeletesUntilFlush = 20'000;
constexpr size_t kRangeDeleteWeight = 1000;
constexpr auto kRetryInterval = std::chrono::seconds(1);

::rocksdb::WriteOptions Durable() {
  ::rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

}  // namespace

Committer::Committer(Database& database)
    : database_(database), write_options_(Durable()), thread_([this] { Run(); }) {}

Committer::~Committer() { IgnoreError(Stop(), "nobody asks any more"); }

Status Committer::Stop() {
  if (!thread_.joinable()) return failure_;
  {
    const MutexLock lock(mutex_);
    stop_ = true;
  }
  work_.NotifyOne();
  thread_.join();
  return failure_;
}

Status Committer::Commit(Write& write) {
  Write* const one = &write;
  CommitMany({&one, 1});
  return std::move(write.status);
}

void Committer::CommitMany(std::span<Write* const> writes) {
  bool wake;
  {
    const MutexLock lock(mutex_);
    queue_.insert(queue_.end(), writes.begin(), writes.end());
    wake = std::exchange(idle_, false);
  }
  if (wake) work_.NotifyOne();
  for (Write* const write : writes) write->done.Park();
}

void Committer::Run() {
  pthread_setname_np(pthread_self(), "kv-committer");
  std::vector<Write*> queue;
  for (;;) {
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stop_) {
        idle_ = true;
        work_.Wait(lock);
      }
      idle_ = false;
      if (queue_.empty()) return;
      queue.clear();
      queue.swap(queue_);
    }
    for (size_t begin = 0; begin < queue.size();) {
      begin = FillGroup(queue, begin);
      CommitGroup();
    }
  }
}

// Takes writes from `begin` on into group_ and returns where it stopped. A drop looks at the
// database to see what it drops, so nothing but drops may go before it in its batch.
size_t Committer::FillGroup(const std::vector<Write*>& queue, size_t begin) {
  group_.clear();
  size_t bytes = 0;
  const bool drops = queue[begin]->kind == Write::Kind::kDrop;
  size_t at = begin;
  while (at < queue.size() && group_.size() < kGroupWritesMax && bytes < kGroupBytesMax &&
         (queue[at]->kind == Write::Kind::kDrop) == drops) {
    bytes += queue[at]->key.size() + queue[at]->value.size();
    group_.push_back(queue[at++]);
  }
  return at;
}

void Committer::CommitGroup() {
  const Status usable = CheckUsable();
  if (usable.ok()) {
    AddGroupToBatch();
  } else {
    for (Write* write : group_) write->status = usable;
  }
  for (Write* write : group_) write->done.Unpark();
  FlushAfterManyDeletes();
}

void Committer::AddGroupToBatch() {
  batch_.Clear();
  latest_.assign(std::bit_ceil(2 * group_.size()), nullptr);
  for (Write* write : group_) AddToBatch(*write);
  found_.Reset();
  if (batch_.Count() > 0) {
    const Status status = WriteBatch();
    if (!status.ok()) {
      for (Write* write : group_) {
        if (write->status.ok() || write->judged_by_batch) write->status = status;
      }
    }
  }
  if (batch_.GetDataSize() > kBatchBytesKept) batch_ = ::rocksdb::WriteBatch();
}

void Committer::AddToBatch(Write& write) {
  if (write.kind == Write::Kind::kNothing) return;
  if (write.kind == Write::Kind::kDrop) return AddDrop(write);
  if (write.kind == Write::Kind::kSet) {
    // Removals go on, for they give space back.
    write.status = database_.CheckSpace(write.key.size() + write.value.size());
    if (!write.status.ok()) return;
  }
  write.hash = std::hash<std::string_view>()(write.key);
  if (write.predicate != nullptr && !ConditionHolds(write)) return;
  // Neither can fail: the batch has no size limit and no protection bytes.
  if (write.kind == Write::Kind::kSet) {
    IgnoreError(ToStatus(batch_.Put(ToSlice(write.key), ToSlice(write.value)), "put"), "cannot");
  } else {
    IgnoreError(ToStatus(batch_.Delete(ToSlice(write.key)), "delete"), "cannot");
    ++deletes_since_flush_;
  }
  Remember(write);
}

bool Committer::ConditionHolds(Write& write) {
  bool holds;
  if (const Write* earlier = Earlier(write)) {
    holds =
        Holds(*write.predicate,
              earlier->kind == Write::Kind::kSet ? std::optional(earlier->value) : std::nullopt);
    write.judged_by_batch = true;
  } else {
    found_.Reset();
    ::rocksdb::DB& db = database_.db();
    const auto got = db.Get(read_options_, db.DefaultColumnFamily(), ToSlice(write.key), &found_);
    if (!got.ok() && !got.IsNotFound()) {
      write.status = ToStatus(got, "read");
      return false;
    }
    holds = Holds(*write.predicate, got.ok() ? std::optional(ToView(found_)) : std::nullopt);
  }
  if (!holds) write.status = PredicateFailed();
  return holds;
}

void Committer::Remember(Write& write) {
  const size_t mask = latest_.size() - 1;
  size_t slot = write.hash & mask;
  while (latest_[slot] != nullptr && latest_[slot]->key != write.key) slot = (slot + 1) & mask;
  latest_[slot] = &write;
}

const Write* Committer::Earlier(const Write& write) const {
  const size_t mask = latest_.size() - 1;
  size_t slot = write.hash & mask;
  while (latest_[slot] != nullptr && latest_[slot]->key != write.key) slot = (slot + 1) & mask;
  return latest_[slot];
}

void Committer::AddDrop(const Write& write) {
  ::rocksdb::ReadOptions options;
  const ::rocksdb::Slice end = ToSlice(write.value);
  options.iterate_upper_bound = &end;
  options.prefix_same_as_start = true;
  options.fill_cache = false;
  const std::unique_ptr<::rocksdb::Iterator> it(database_.db().NewIterator(options));
  std::vector<std::string> keys;
  for (it->Seek(ToSlice(write.key)); it->Valid() && keys.size() <= kDropByKeyMax; it->Next()) {
    keys.emplace_back(ToView(it->key()));
  }
  // An unreadable range is dropped blindly.
  if (keys.size() > kDropByKeyMax || !it->status().ok()) {
    IgnoreError(ToStatus(batch_.DeleteRange(ToSlice(write.key), end), "drop"), "cannot");
    deletes_since_flush_ += kRangeDeleteWeight;
    return;
  }
  for (const auto& key : keys) IgnoreError(ToStatus(batch_.Delete(key), "delete"), "cannot");
  deletes_since_flush_ += keys.size();
}

// OK if the database takes writes; after a failure it is first opened again, or tried to.
Status Committer::CheckUsable() {
  if (failure_.ok()) return failure_;
  const auto now = Clock::now();
  if (now < retry_at_) return failure_;
  retry_at_ = now + kRetryInterval;
  Status reopened = database_.Reopen();
  if (reopened.ok()) TARN_LOG_INFO("metadata database: writes work again");
  return failure_ = std::move(reopened);
}

Status Committer::WriteBatch() {
  auto written = database_.db().Write(write_options_, &batch_);
  if (written.IsIncomplete()) {
    // It waited for a flush, and the flush failed: the reason is in the text only.
    const std::string text = written.ToString();
    written = text.find("No space left") == std::string::npos ? ::rocksdb::Status::IOError(text)
                                                              : ::rocksdb::Status::NoSpace(text);
  }
  if (written.ok()) return Status();
  failure_ = ToStatus(written, "write");
  retry_at_ = Clock::now();
  TARN_LOG_ERROR("metadata database: write failed: {}", written.ToString());
  return failure_;
}

void Committer::FlushAfterManyDeletes() {
  if (deletes_since_flush_ < kDeletesUntilFlush || !failure_.ok()) return;
  deletes_since_flush_ = 0;
  ::rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;  // Else this call, and with it every writer, may wait.
  const auto flushed = database_.db().Flush(options);
  if (!flushed.ok()) TARN_LOG_WARN("metadata database: flush failed: {}", flushed.ToString());
}

}  // namespace tarn::kv::rocks
