#include "kv/rocksdb/rocksdb_store.h"

#include <fmt/format.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>

#include "base/blocking.h"
#include "base/log.h"
#include "kv/rocksdb/committer.h"
#include "kv/rocksdb/directory_check.h"
#include "kv/rocksdb/open_options.h"
#include "kv/rocksdb/physical_key.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

// Above this much in the log, a clean shutdown writes a table, so that the next start is quick.
constexpr uint64_t kReplayBytesMax = 1 << 20;

::rocksdb::ReadOptions MemoryOnly() {
  ::rocksdb::ReadOptions options;
  options.read_tier = ::rocksdb::kBlockCacheTier;
  return options;
}

class ScanIterator : public Iterator {
 public:
  ScanIterator(::rocksdb::DB& db, std::string_view partition, std::string_view prefix)
      : partition_part_(kLengthBytes + partition.size()),
        begin_(PhysicalKey(partition, prefix).view()),
        end_(PrefixEnd(begin_)),
        end_slice_(end_) {
    ::rocksdb::ReadOptions options;
    // `end_` is never empty: the length in front of a partition is not 0xffff.
    options.iterate_upper_bound = &end_slice_;
    options.prefix_same_as_start = true;
    if (!MayBlock()) options.read_tier = ::rocksdb::kBlockCacheTier;
    it_.reset(db.NewIterator(options));
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
  explicit RocksDbStore(std::unique_ptr<::rocksdb::DB> db)
      : db_(std::move(db)), committer_(std::make_unique<Committer>(*db_)) {}

  ~RocksDbStore() override {
    committer_.reset();
    uint64_t bytes = 0;
    if (db_->GetIntProperty("rocksdb.cur-size-all-mem-tables", &bytes) && bytes > kReplayBytesMax) {
      IgnoreError(ToStatus(db_->Flush(::rocksdb::FlushOptions()), "flush"), "the log has it all");
    }
    IgnoreError(ToStatus(db_->Close(), "close"), "the log has it all");
  }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(CheckKey(partition, key));
    const PhysicalKey physical(partition, key);
    std::optional<std::string> value(std::in_place);
    const auto got = db_->Get(MayBlock() ? read_ : memory_only_, ToSlice(physical.view()), &*value);
    if (got.IsNotFound()) {
      value.reset();
    } else if (!got.ok()) {
      return ToStatus(got, "read");
    }
    return value;
  }

  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    return Put(partition, key, value, nullptr);
  }

  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    return Put(partition, key, value, &predicate);
  }

  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(CheckWrite(partition, key, {}));
    const PhysicalKey physical(partition, key);
    Write write;
    write.kind = Write::Kind::kDelete;
    write.key = physical.view();
    return committer_->Commit(write);
  }

  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(partition));
    return IteratorPtr(std::make_unique<ScanIterator>(*db_, partition, prefix));
  }

  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(partition));
    TARN_TRY(RequireBlocking());
    const PhysicalKey begin(partition, prefix);
    const std::string end = PrefixEnd(begin.view());
    Write write;
    write.kind = Write::Kind::kDrop;
    write.key = begin.view();
    write.value = end;
    return committer_->Commit(write);
  }

  Result<std::vector<std::string>> ListPartitions() override {
    TARN_TRY(RequireBlocking());
    ::rocksdb::ReadOptions options;
    options.total_order_seek = true;
    const std::unique_ptr<::rocksdb::Iterator> it(db_->NewIterator(options));
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
  Status Put(std::string_view partition, std::string_view key, std::string_view value,
             const Predicate* predicate) {
    TARN_TRY(CheckWrite(partition, key, value));
    const PhysicalKey physical(partition, key);
    Write write;
    write.key = physical.view();
    write.value = value;
    write.predicate = predicate;
    return committer_->Commit(write);
  }

  const ::rocksdb::ReadOptions read_, memory_only_ = MemoryOnly();
  std::unique_ptr<::rocksdb::DB> db_;
  std::unique_ptr<Committer> committer_;
};

Status ToOpenStatus(const ::rocksdb::Status& opened, const std::string& path) {
  const std::string text = opened.ToString();
  if (text.find("lock hold by current process") != std::string::npos) {
    // The file must not be looked at here: closing it would give up this process's own lock.
    return Status(Code::kConflict,
                  fmt::format("the metadata database in {} is already open in this process", path));
  }
  if (text.find("LOCK: Resource temporarily unavailable") != std::string::npos) {
    return LockedBy(path);
  }
  return ToStatus(opened, "open").Prefixed("cannot open " + path + ": ");
}

// Writes the version of the layout into a new database, or checks it.
Status CheckFormat(::rocksdb::DB& db, const std::string& path) {
  std::string version;
  const auto got = db.Get(::rocksdb::ReadOptions(), ToSlice(kFormatKey), &version);
  if (got.IsNotFound()) {
    ::rocksdb::WriteOptions durable;
    durable.sync = true;
    return ToStatus(db.Put(durable, ToSlice(kFormatKey), ToSlice(kFormatVersion)), "write");
  }
  TARN_TRY(ToStatus(got, "read"));
  if (version == kFormatVersion) return Status();
  return Status(Code::kUnsupported,
                fmt::format("the metadata database in {} has layout version {}, this program reads "
                            "version {}; use the program that wrote it",
                            path, version, kFormatVersion));
}

}  // namespace

Result<std::unique_ptr<Store>> Open(const Options& options) {
  if (options.test_hooks == nullptr) {
    TARN_TRY(CheckDirectory(options.path));
    std::error_code error;
    std::filesystem::create_directories(options.path, error);
    if (error) {
      return Status(Code::kIo, fmt::format("cannot create the directory {} of the metadata "
                                           "database: {}",
                                           options.path, error.message()));
    }
  }
  ::rocksdb::DB* raw = nullptr;
  const auto opened = ::rocksdb::DB::Open(MakeOpenOptions(options), options.path, &raw);
  if (!opened.ok()) return ToOpenStatus(opened, options.path);
  std::unique_ptr<::rocksdb::DB> db(raw);
  TARN_TRY(CheckFormat(*db, options.path));
  return std::unique_ptr<Store>(std::make_unique<RocksDbStore>(std::move(db)));
}

}  // namespace tarn::kv::rocks
