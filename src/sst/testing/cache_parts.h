// What tests give to a DiskCache: a sink that counts, a clock that stands, disks that fill up.
// Header only.
#pragma once

#include <atomic>
#include <cerrno>
#include <span>

#include "block/testing/crash_files.h"
#include "sst/disk_cache.h"

namespace tarn::sst {

class CountingSink final : public DiskCacheSink {
 public:
  void Looked(TableType, bool found) override { ++(found ? hits : misses); }
  void Fetched(TableType, uint64_t bytes) override { ++fetches, fetched_bytes += bytes; }
  void Removed(TableType, uint64_t) override { ++removals; }
  void Failed(TableType, DiskFault) override { ++failures; }

  std::atomic<int> hits = 0, misses = 0, fetches = 0, removals = 0, failures = 0;
  std::atomic<uint64_t> fetched_bytes = 0;
};

class StandingClock final : public Clock {
 public:
  Timestamp Now() override { return {}; }
  int64_t MonotonicMs() override { return ms; }
  std::atomic<int64_t> ms = 0;
};

/// Takes no more bytes once it is full.
class FullFiles final : public block::CrashFiles {
 public:
  FullFiles() : CrashFiles({}) {}
  int Write(int file, std::span<const char> bytes) override {
    return is_full ? -ENOSPC : CrashFiles::Write(file, bytes);
  }
  std::atomic<bool> is_full = false;
};

}  // namespace tarn::sst
