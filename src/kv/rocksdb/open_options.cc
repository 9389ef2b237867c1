#include "kv/rocksdb/open_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <cstdarg>

#include "base/log.h"
#include "kv/rocksdb/physical_key.h"
#include "kv/rocksdb/status.h"
#include "kv/rocksdb/testing_hooks.h"

namespace tarn::kv::rocks {
namespace {

// The prefix of a physical key is its partition: filters then answer "this partition is empty",
// the commonest question about a staging token, without a look at the data.
class PartitionTransform : public ::rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "tarn.Partition.1"; }
  ::rocksdb::Slice Transform(const ::rocksdb::Slice& key) const override {
    return {key.data(), PartitionPartSize(ToView(key))};
  }
  bool InDomain(const ::rocksdb::Slice& key) const override {
    return PartitionPartSize(ToView(key)) != 0;
  }
};

// RocksDB's own messages, those that matter, go where ours go.
class ForwardingLogger : public ::rocksdb::Logger {
 public:
  ForwardingLogger() : Logger(::rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char text[1024];
    vsnprintf(text, sizeof(text), format, arguments);
    TARN_LOG_WARN("rocksdb: {}", text);
  }
};

// RocksDB would try to recover by itself and meanwhile hold the writer; see database.h.
class NoAutomaticRecovery : public ::rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(::rocksdb::BackgroundErrorReason, ::rocksdb::Status,
                            bool* automatic) override {
    *automatic = false;
  }
};

std::shared_ptr<::rocksdb::TableFactory> MakeTables(const Options& options) {
  ::rocksdb::BlockBasedTableOptions tables;
  constexpr int kShardBits = 2;
  tables.block_cache = ::rocksdb::NewLRUCache(options.block_cache_bytes, kShardBits);
  tables.block_size = 8 << 10;
  tables.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
  tables.whole_key_filtering = true;
  // Index and filter blocks count against the cache, so that memory has one bound.
  tables.cache_index_and_filter_blocks = true;
  tables.pin_l0_filter_and_index_blocks_in_cache = true;
  tables.format_version = 5;
  return std::shared_ptr<::rocksdb::TableFactory>(::rocksdb::NewBlockBasedTableFactory(tables));
}

}  // namespace

::rocksdb::Options MakeOpenOptions(const Options& options) {
  ::rocksdb::Options db;
  db.create_if_missing = true;
  if (options.test_hooks != nullptr) db.env = options.test_hooks->env;
  db.info_log = std::make_shared<ForwardingLogger>();
  db.max_open_files = options.open_files_max;
  db.max_background_jobs = 2;
  db.table_factory = MakeTables(options);
  db.prefix_extractor = std::make_shared<PartitionTransform>();
  db.compression = ::rocksdb::kNoCompression;
  db.write_buffer_size = options.memtable_bytes;
  db.max_write_buffer_number = 2;
  db.memtable_prefix_bloom_size_ratio = 0.02;
  db.memtable_whole_key_filtering = true;
  db.level_compaction_dynamic_level_bytes = true;
  db.target_file_size_base = 32 << 20;
  db.table_properties_collector_factories.push_back(
      ::rocksdb::NewCompactOnDeletionCollectorFactory(4096, 2048, 0.5));
  // One thread writes: what serves many would only cost.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;
  // Every damage is an error first: see Database::OpenDb.
  db.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  db.track_and_verify_wals_in_manifest = true;
  db.max_total_wal_size = 4 * options.memtable_bytes;
  db.max_manifest_file_size = 4 << 20;
  db.listeners.push_back(std::make_shared<NoAutomaticRecovery>());
  db.max_bgerror_resume_count = 0;
  // Quick to open, nothing periodic.
  db.skip_stats_update_on_db_open = true;
  db.skip_checking_sst_file_sizes_on_db_open = true;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

}  // namespace tarn::kv::rocks
