// The version of the records in a KV, which says what programs may work with them: record
// "kv/schema/version" of docs/formats/kv.md. Level 7; free functions, safe on any number of
// servers.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "kv/store.h"

namespace tarn::auth {

/// The version that this program reads and writes.
inline constexpr int64_t kSchemaVersion = 4;

/// Nothing in a KV that was never set up. kCorrupt for a record that is no number.
Result<std::optional<int64_t>> ReadSchemaVersion(kv::Store& kv);
/// Whether this program may work with records of a version: kUnsupported for foreign ones,
/// kPreconditionFailed for older ones that MigrateSchema brings up to date; with the texts of the
/// reference.
Status CheckSchemaVersion(int64_t version);
/// Writes the version to a KV that has none, checks the one it has.
Status EnsureSchema(kv::Store& kv);
/// Brings records of versions 1 to 3 up to date; true if there was something to do. kNotFound in a
/// KV that was never set up, kUnsupported for foreign versions.
Result<bool> MigrateSchema(kv::Store& kv);

}  // namespace tarn::auth
