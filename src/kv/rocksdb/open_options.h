// How RocksDB is set up, by the measurements of the driver. Level 3, inside the driver.
#pragma once

#include <rocksdb/options.h>

#include "kv/rocksdb/rocksdb_store.h"

namespace tarn::kv::rocks {

::rocksdb::Options MakeOpenOptions(const Options& options);

}  // namespace tarn::kv::rocks
