// The records that RocksDB's logs and manifests are made of. Level 3, inside the driver.
//
// Format: RocksDB's wiki, "Write Ahead Log File Format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tarn::kv::rocks {

/// A piece of what was written at once: whole, or the first, a middle or the last part of it.
struct LogRecord {
  enum Kind : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

  bool begins() const { return kind == kFull || kind == kFirst; }
  bool ends() const { return kind == kFull || kind == kLast; }
  /// In the file, header included.
  size_t size() const;

  uint8_t kind = 0;
  std::string_view payload;
};

/// The record at `at`, if there is an undamaged one; none crosses the end of its block.
std::optional<LogRecord> LogRecordAt(std::string_view log, size_t at);

/// The bytes from `at` to the end of its block where they are too few for a record; else 0.
size_t PaddingAt(size_t at);

}  // namespace tarn::kv::rocks
