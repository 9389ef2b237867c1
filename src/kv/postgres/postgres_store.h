// The KV in a table of PostgreSQL, as the reference keeps it, shared by servers. Level 3;
// thread-safe. Layout: docs/formats/kv.md; setting it up: docs/operating/databases.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kv/postgres/schema.h"
#include "kv/postgres/session.h"
#include "kv/store.h"

namespace tarn::kv::postgres {

struct Options : SessionOptions {
  size_t page_rows = 1000;  ///< Of a scan; the first pages are smaller.
};

/// Connects, and makes the table if it is not there. Waits. kInvalidValue for a connection string
/// that is none; kIo if the server cannot be reached or refuses.
Result<std::unique_ptr<Store>> Open(const Options& options);

/// What a server needs of its database, looked at without changing anything. Waits; fails if the
/// server cannot be reached.
Result<std::vector<Check>> Examine(const Options& options);

}  // namespace tarn::kv::postgres
