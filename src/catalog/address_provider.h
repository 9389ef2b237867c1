// Names of new objects: data/<partition>/<xid>, below the repository's namespace. A partition is an
// xid whose time runs backwards, so that listings of the store show the newest first; it changes
// after kPartitionNames names or kPartitionMs. Level 7; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/sync.h"
#include "base/xid.h"
#include "catalog/catalog.h"

namespace tarn::catalog {

class Catalog::AddressProvider {
 public:
  static constexpr int kPartitionNames = 50'000;
  static constexpr int64_t kPartitionMs = 3'600'000;

  AddressProvider(XidGenerator& xids, Clock& clock) : xids_(xids), clock_(clock) {}
  std::string New();
  /// Whether an address is one of those: such objects are written by servers alone. Addresses for
  /// clients to write to end in a signature.
  static bool IsOurs(std::string_view address);

 private:
  XidGenerator& xids_;
  Clock& clock_;
  Mutex mutex_;
  std::string partition_ TARN_GUARDED_BY(mutex_);
  int names_ TARN_GUARDED_BY(mutex_) = 0;
  int64_t started_ms_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::catalog
