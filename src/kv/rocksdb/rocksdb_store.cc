#include "kv/rocksdb/rocksdb_store.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <deque>

#include "base/blocking.h"
#include "kv/rocksdb/committer.h"
#include "kv/rocksdb/database.h"
#include "kv/rocksdb/physical_key.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

constexpr int kEnterTriesMax = 5;

::rocksdb::ReadOptions MemoryOnly() {
  ::rocksdb::ReadOptions options;
  options.read_tier = ::rocksdb::kBlockCacheTier;
  return options;
}

class ScanIterator : public Iterator {
 public:
  ScanIterator(Database::Reader database, std::string_view partition, std::string_view prefix)
      : database_(std::move(database)),
        partition_part_(kLengthBytes + partition.size()),
        begin_(PhysicalKey(partition, prefix).view()),
        end_(PrefixEnd(begin_)),
        end_slice_(end_) {
    ::rocksdb::ReadOptions options;
    // `end_` is never empty: the length in front of a partition is not 0xffff.
    options.iterate_upper_bound = &end_slice_;
    options.prefix_same_as_start = true;
    if (!MayBlock()) options.read_tier = ::rocksdb::kBlockCacheTier;
    it_.reset(database_->NewIterator(options));
  }

  Status Seek(std::string_view target) override {
    const std::string_view prefix = std::string_view(begin_).substr(partition_part_);
    if (target <= prefix) {
      it_->Seek(begin_);
    } else {
      target_.assign(begin_, 0, partition_part_);
      target_.append(target);
      it_->Seek(target_);
    }
    return Load();
  }

  Status Next() override {
    it_->Next();
    return Load();
  }

  bool Valid() const override { return valid_; }
  std::string_view key() const override { return ToView(it_->key()).substr(partition_part_); }
  const std::string_view& value() const override { return value_; }

 private:
  Status Load() {
    valid_ = it_->Valid();
    if (valid_) {
      value_ = ToView(it_->value());
      return Status();
    }
    return ToStatus(it_->status(), "scan");
  }

  const Database::Reader database_;
  const size_t partition_part_;
  const std::string begin_, end_;
  const ::rocksdb::Slice end_slice_;
  std::unique_ptr<::rocksdb::Iterator> it_;
  std::string target_;
  std::string_view value_;
  bool valid_ = false;
};

class RocksDbStore : public Store {
 public:
  explicit RocksDbStore(std::unique_ptr<Database> database)
      : database_(std::move(database)), committer_(*database_) {}

  ~RocksDbStore() override {
    if (committer_.Stop().ok()) database_->FlushForQuickStart();
  }

  const Traits& traits() const override { return traits_; }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(CheckKey(traits_, partition, key));
    const PhysicalKey physical(partition, key);
    std::optional<std::string> value(std::in_place);
    TARN_TRY_ASSIGN(const Database::Reader database, EnterDatabase());
    const auto got =
        database->Get(MayBlock() ? read_ : memory_only_, ToSlice(physical.view()), &*value);
    if (got.IsNotFound()) {
      value.reset();
    } else if (!got.ok()) {
      return ToStatus(got, "read");
    }
    return value;
  }

  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    return SetWhere(partition, key, value, nullptr);
  }

  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    return SetWhere(partition, key, value, &predicate);
  }

  std::vector<Status> SetMany(std::string_view partition, std::span<const Put> puts) override {
    struct Item {
      Item(std::string_view partition, const Put& put) : key(partition, put.key) {
        write.key = key.view();
        write.value = put.value;
        write.predicate = put.predicate;
      }
      PhysicalKey key;
      Write write;
    };
    std::vector<Status> results(puts.size());
    std::deque<Item> items;
    std::vector<Write*> writes;
    for (size_t i = 0; i < puts.size(); ++i) {
      results[i] = CheckWrite(traits_, partition, puts[i].key, puts[i].value);
      if (results[i].ok()) writes.push_back(&items.emplace_back(partition, puts[i]).write);
    }
    if (!writes.empty()) committer_.CommitMany(writes);
    for (size_t i = 0, at = 0; at < writes.size(); ++i) {
      if (results[i].ok()) results[i] = std::move(writes[at++]->status);
    }
    return results;
  }

  Status Delete(std::string_view partition, std::string_view key) override {
    return DeleteWhere(partition, key, nullptr);
  }

  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    return DeleteWhere(partition, key, &predicate);
  }

  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(traits_, partition));
    TARN_TRY_ASSIGN(Database::Reader database, EnterDatabase());
    return IteratorPtr(std::make_unique<ScanIterator>(std::move(database), partition, prefix));
  }

  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(traits_, partition));
    TARN_TRY(RequireBlocking());
    const PhysicalKey begin(partition, prefix);
    const std::string end = PrefixEnd(begin.view());
    Write write;
    write.kind = Write::Kind::kDrop;
    write.key = begin.view();
    write.value = end;
    return committer_.Commit(write);
  }

  Result<std::vector<std::string>> ListPartitions() override {
    TARN_TRY(RequireBlocking());
    ::rocksdb::ReadOptions options;
    options.total_order_seek = true;
    TARN_TRY_ASSIGN(const Database::Reader database, EnterDatabase());
    const std::unique_ptr<::rocksdb::Iterator> it(database->NewIterator(options));
    std::vector<std::string> names;
    // From one partition to the next: the key after all keys of a partition.
    const std::string first("\0\1", kLengthBytes);
    for (it->Seek(first); it->Valid();) {
      const std::string_view key = ToView(it->key());
      const size_t size = PartitionPartSize(key);
      if (size == 0) return Status(Code::kCorrupt, "the metadata database holds a foreign key");
      names.emplace_back(key.substr(kLengthBytes, size - kLengthBytes));
      it->Seek(PrefixEnd(key.substr(0, size)));
    }
    TARN_TRY(ToStatus(it->status(), "scan"));
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  // A reader of the open database; waits while it is being opened again after an error.
  Result<Database::Reader> EnterDatabase() {
    Database::Reader reader(*database_);
    if (reader) [[likely]]
      return reader;
    return EnterClosedDatabase();
  }

  Result<Database::Reader> EnterClosedDatabase() {
    TARN_TRY(RequireBlocking());
    Status asked;
    for (int tries = 0; tries < kEnterTriesMax; ++tries) {
      database_->WaitWhileReopening();
      Database::Reader reader(*database_);
      if (reader) return reader;
      // Nobody may write for long, so readers too must have it opened.
      Write ask;
      ask.kind = Write::Kind::kNothing;
      asked = committer_.Commit(ask);
    }
    return asked.ok() ? Status(Code::kIo, "the metadata database does not stay open") : asked;
  }

  Status SetWhere(std::string_view partition, std::string_view key, std::string_view value,
                  const Predicate* predicate) {
    TARN_TRY(CheckWrite(traits_, partition, key, value));
    const PhysicalKey physical(partition, key);
    Write write;
    write.key = physical.view();
    write.value = value;
    write.predicate = predicate;
    return committer_.Commit(write);
  }

  Status DeleteWhere(std::string_view partition, std::string_view key, const Predicate* predicate) {
    TARN_TRY(CheckWrite(traits_, partition, key, {}));
    const PhysicalKey physical(partition, key);
    Write write;
    write.kind = Write::Kind::kDelete;
    write.key = physical.view();
    write.predicate = predicate;
    return committer_.Commit(write);
  }

  const Traits traits_ = {};  // One process has the database to itself.
  const ::rocksdb::ReadOptions read_, memory_only_ = MemoryOnly();
  const std::unique_ptr<Database> database_;
  Committer committer_;
};

}  // namespace

Result<std::unique_ptr<Store>> Open(const Options& options) {
  TARN_TRY_ASSIGN(auto database, Database::Open(options));
  return std::unique_ptr<Store>(std::make_unique<RocksDbStore>(std::move(database)));
}

}  // namespace tarn::kv::rocks
