// The manifest, RocksDB's list of its files, after a crash. Level 3, inside the driver.
#pragma once

#include <rocksdb/env.h>

#include <string>

#include "base/result.h"

namespace tarn::kv::rocks {

/// kCorrupt, with what to do, if changes of the list follow damage: where a length is damaged
/// RocksDB takes it for the end, and removes the tables that only the rest names. OK where there is
/// no manifest yet. Reads only, also while another process has the database.
Status CheckManifest(::rocksdb::Env& env, const std::string& path);

/// Cuts off what a crash spoiled at the end of the manifest of a database that could not be opened
/// for damage. RocksDB syncs each change of the list before it acts upon it, so a change that was
/// torn never took effect, and the logs still have what it told of; but RocksDB refuses it. OK also
/// where nothing is to be cut.
Status CutTornManifest(::rocksdb::Env& env, const std::string& path);

}  // namespace tarn::kv::rocks
