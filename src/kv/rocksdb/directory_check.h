// May RocksDB have this directory? Asked before it is opened. Level 3, inside the driver.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn::kv::rocks {

/// OK if the directory is absent, empty, or holds an embedded Tarn database, complete or begun.
/// kUnsupported, with what to do, if it holds lakeFS's embedded database (Badger) or anything else.
/// Reads only.
Status CheckDirectory(const std::string& path);

/// kConflict that names the process which holds the database's lock.
Status LockedBy(const std::string& path);

}  // namespace tarn::kv::rocks
