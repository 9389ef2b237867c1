// The embedded KV: RocksDB in one directory, for one process. Level 3; thread-safe.
//
// Writers queue for one committer thread (committer.h), so a write costs a share of one fsync. A
// read on a thread that must not wait looks at memory only. Nothing of RocksDB shows here. Layout:
// docs/formats/kv.md.
#pragma once

#include <memory>
#include <string>

#include "kv/store.h"

namespace tarn::kv::rocks {

struct TestingHooks;

struct Options {
  std::string path;                          ///< Directory; created with its parents.
  size_t block_cache_bytes = 16 << 20;       ///< Data, index and filter blocks in memory.
  size_t memtable_bytes = 16 << 20;          ///< Each of two.
  int open_files_max = 256;                  ///< Table files held open.
  const TestingHooks* test_hooks = nullptr;  ///< kv/rocksdb/testing_hooks.h
};

/// Opens or creates the database. Errors, one sentence that says what to do: kUnsupported for a
/// directory that holds lakeFS's embedded database, other files, or a newer layout (it is not
/// touched); kConflict if another process has it open; kNoSpace, kIo, kCorrupt.
Result<std::unique_ptr<Store>> Open(const Options& options);

}  // namespace tarn::kv::rocks
