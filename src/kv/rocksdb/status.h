// RocksDB's statuses as ours. Level 3, inside the driver.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/result.h"

namespace tarn::kv::rocks {

/// The failure with a code a client can tell apart; `action` says what was tried ("read").
Status ToStatus(const ::rocksdb::Status& status, std::string_view action);

inline ::rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const ::rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace tarn::kv::rocks
