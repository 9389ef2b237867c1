#include "kv/rocksdb/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/file_system.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/log.h"
#include "kv/rocksdb/directory_check.h"
#include "kv/rocksdb/log_check.h"
#include "kv/rocksdb/manifest.h"
#include "kv/rocksdb/open_options.h"
#include "kv/rocksdb/physical_key.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

// Above this much in the log, a clean shutdown writes a table.
constexpr uint64_t kReplayBytesMax = 1 << 20;
// Space that must stay free, in memtables: what is in memory must still find its place on the disk,
// and be compacted there.
constexpr uint64_t kFreeMemtables = 4;
constexpr auto kSpaceCheckInterval = std::chrono::milliseconds(250);
constexpr auto kDrainTimeMax = std::chrono::milliseconds(2000);

std::error_code LastError() { return {errno, std::generic_category()}; }

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

/// Makes the names in a directory durable; one that may not be opened was not made by us.
std::error_code SyncDirectory(const std::filesystem::path& directory) {
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return errno == EACCES ? std::error_code() : LastError();
  const bool failed = fsync(file) != 0 && errno != EINVAL && errno != EROFS;
  const std::error_code error = failed ? LastError() : std::error_code();
  close(file);
  return error;
}

Status PrepareDirectory(const std::string& path) {
  TARN_TRY(CheckDirectory(path));
  std::error_code error;
  std::filesystem::create_directories(path, error);
  std::filesystem::path directory = std::filesystem::absolute(path, error);
  // Also when they were there already: whoever made them may have been killed before the sync.
  for (bool top = false; !error && !top; directory = directory.parent_path()) {
    error = SyncDirectory(directory);
    top = directory == directory.root_path();
  }
  if (!error) return Status();
  return Status(Code::kIo,
                fmt::format("cannot create the directory {} of the metadata database: {}", path,
                            error.message()));
}

}  // namespace

Database::Database(const Options& options)
    : options_(options), free_bytes_min_(kFreeMemtables * options.memtable_bytes) {}

Database::~Database() {
  if (db_ != nullptr) IgnoreError(ToStatus(db_->Close(), "close"), "the log has everything");
}

Result<std::unique_ptr<Database>> Database::Open(const Options& options) {
  if (options.test_hooks == nullptr) TARN_TRY(PrepareDirectory(options.path));
  std::unique_ptr<Database> database(new Database(options));
  TARN_TRY_ASSIGN(database->db_, database->OpenDb());
  return database;
}

Result<std::unique_ptr<::rocksdb::DB>> Database::OpenDb() {
  ::rocksdb::DB* raw = nullptr;
  ::rocksdb::Options how = MakeOpenOptions(options_);
  TARN_TRY(CheckManifest(*how.env, options_.path));
  auto opened = ::rocksdb::DB::Open(how, options_.path, &raw);
  if (opened.IsCorruption()) {
    // A torn last batch is what a power cut leaves, and was never acknowledged. Recovery up to
    // there would drop what follows damage in the middle as well, so that is ruled out first.
    TARN_TRY(CheckLogs(*how.env, options_.path));
    TARN_TRY(CutTornManifest(*how.env, options_.path));
    how.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    opened = ::rocksdb::DB::Open(how, options_.path, &raw);
    if (opened.ok()) {
      TARN_LOG_INFO(
          "metadata database: dropped a write that was cut off before its "
          "acknowledgement");
    }
  }
  if (!opened.ok()) return ToOpenStatus(opened, options_.path);
  std::unique_ptr<::rocksdb::DB> db(raw);
  TARN_TRY(CheckFormat(*db));
  return db;
}

// Writes the version of the layout into a new database, or checks it.
Status Database::CheckFormat(::rocksdb::DB& db) {
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
                            options_.path, version, kFormatVersion));
}

Status Database::Reopen() {
  if (db_ != nullptr) {
    TARN_TRY(ProbeDisk());
    if (!gate_.Close(kDrainTimeMax)) {
      return Status(Code::kIo,
                    "the metadata database waits for a long listing to end before it "
                    "can go on after an error of its disk");
    }
    db_.reset();
  }
  auto opened = OpenDb();
  if (!opened.ok()) {
    gate_.Settle();
    return std::move(opened).status();
  }
  db_ = *std::move(opened);
  gate_.Open();
  return Status();
}

// While the disk takes nothing it is better to stay open for readers.
Status Database::ProbeDisk() {
  low_on_space_ = false;
  space_checked_ = {};
  TARN_TRY(CheckSpace(0));
  ::rocksdb::FileSystem& files = *db_->GetFileSystem();
  const std::string path = options_.path + "/000000.dbtmp";
  const ::rocksdb::IOOptions io;
  std::unique_ptr<::rocksdb::FSWritableFile> file;
  auto status = files.NewWritableFile(path, ::rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) status = file->Append(std::string(64 << 10, '\0'), io, nullptr);
  if (status.ok()) status = file->Sync(io, nullptr);
  if (file != nullptr) {
    const auto closed = file->Close(io, nullptr);
    if (status.ok()) status = closed;
    files.DeleteFile(path, io, nullptr).PermitUncheckedError();
  }
  return ToStatus(status, "write");
}

Status Database::CheckSpace(size_t bytes) {
  const auto now = std::chrono::steady_clock::now();
  bytes_since_check_ += bytes;
  if (now - space_checked_ >= kSpaceCheckInterval || bytes_since_check_ > free_bytes_min_ / 4) {
    space_checked_ = now;
    bytes_since_check_ = 0;
    uint64_t free_bytes = 0;
    const auto asked = db_->GetFileSystem()->GetFreeSpace(options_.path, ::rocksdb::IOOptions(),
                                                          &free_bytes, nullptr);
    low_on_space_ = asked.ok() && free_bytes < free_bytes_min_;
  }
  if (!low_on_space_) return Status();
  return Status(Code::kNoSpace,
                fmt::format("the disk of the metadata database has less than {} MB left; free some "
                            "space",
                            std::max<uint64_t>(free_bytes_min_ >> 20, 1)));
}

void Database::FlushForQuickStart() {
  uint64_t bytes = 0;
  if (db_ != nullptr && CheckSpace(0).ok() &&
      db_->GetIntProperty("rocksdb.cur-size-all-mem-tables", &bytes) && bytes > kReplayBytesMax) {
    IgnoreError(ToStatus(db_->Flush(::rocksdb::FlushOptions()), "flush"), "the log has everything");
  }
}

}  // namespace tarn::kv::rocks
