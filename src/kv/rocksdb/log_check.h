// Tells a write that was cut off at the end of RocksDB's logs from damage in the middle of them.
// Level 3, inside the driver.
//
// Every batch is synced before the next one is written, so a crash can spoil the last batch only,
// and nothing stands after it. RocksDB's ways of recovery either refuse both or, silently, drop all
// that follows the damage. Format of the logs: RocksDB's wiki, "Write Ahead Log File Format".
#pragma once

#include <rocksdb/env.h>

#include <string>

#include "base/result.h"

namespace tarn::kv::rocks {

/// Looks at the logs of a database that could not be opened for damage. OK if at most the last
/// batch is spoiled; kCorrupt, with what to do, if batches follow the damage; kIo. Reads only; a
/// log is held in memory as a whole.
Status CheckLogs(::rocksdb::Env& env, const std::string& path);

}  // namespace tarn::kv::rocks
