// The open RocksDB database, and how it is brought back after its disk failed. Level 3, inside the
// driver.
//
// After an I/O error RocksDB takes no more writes. Its own way back, DB::Resume, may hang or abort
// the process in version 7.8, so the database is closed and opened again instead: the recovery
// that follows every crash. Until then reads go on. Readers are thread-safe; everything else
// belongs to the committing thread.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <utility>

#include "base/result.h"
#include "kv/rocksdb/gate.h"
#include "kv/rocksdb/rocksdb_store.h"

namespace tarn::kv::rocks {

class Database {
 public:
  static Result<std::unique_ptr<Database>> Open(const Options& options);
  /// All readers are gone.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Keeps the database open while alive. False if it is closed at the moment.
  class Reader {
   public:
    explicit Reader(Database& database) : database_(&database), slot_(database.gate_.Enter()) {}
    Reader(Reader&& other) noexcept
        : database_(other.database_), slot_(std::exchange(other.slot_, Gate::kClosed)) {}
    Reader& operator=(Reader&&) = delete;
    ~Reader() {
      if (slot_ != Gate::kClosed) database_->gate_.Leave(slot_);
    }
    explicit operator bool() const { return slot_ != Gate::kClosed; }
    ::rocksdb::DB* operator->() const { return database_->db_.get(); }

   private:
    Database* database_;
    int slot_;
  };
  /// Waits while the database is being closed and opened.
  void WaitWhileReopening() { gate_.WaitWhileClosing(); }

  /// Of the committing thread, and open unless Reopen failed.
  ::rocksdb::DB& db() { return *db_; }
  /// Closes the database, if the disk takes writes again, and opens it. Fails without closing when
  /// the disk does not, or when a reader stays for long. When opening fails the database stays
  /// closed and Reopen is to be called again.
  Status Reopen();
  /// kNoSpace if `bytes` more should not be written; asks the disk now and then only.
  Status CheckSpace(size_t bytes);
  /// Writes what only the log has into a table, if it is much, so that the next start is quick.
  void FlushForQuickStart();

 private:
  explicit Database(const Options& options);
  Result<std::unique_ptr<::rocksdb::DB>> OpenDb();
  Status CheckFormat(::rocksdb::DB& db);
  Status ProbeDisk();

  const Options options_;
  const uint64_t free_bytes_min_;
  Gate gate_;
  std::unique_ptr<::rocksdb::DB> db_;
  std::chrono::steady_clock::time_point space_checked_;
  uint64_t bytes_since_check_ = 0;
  bool low_on_space_ = false;
};

}  // namespace tarn::kv::rocks
