// Opens the stores that the configuration names. Level 9.
#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <vector>

#include "base/clock.h"
#include "block/object_store.h"
#include "kv/store.h"
#include "server/doctor.h"
#include "server/settings.h"

namespace tarn::server {

/// The KV of database.type. kUnsupported for types that are not built in, with what to do. What it
/// counts, if it is told to, goes to `metrics`, unless that is null; it outlives the store.
Result<std::unique_ptr<kv::Store>> OpenKv(const Settings& settings,
                                          prometheus::Registry* metrics = nullptr);

/// What `tarn doctor` finds out about it; nothing where all is in the data directory. Waits.
std::vector<Finding> ExamineKv(const Settings& settings);

/// The object store of blockstore.type. kUnsupported for types that are not built in, kInvalidValue
/// for settings with which it could not work; both with a sentence for the operator.
Result<std::unique_ptr<block::ObjectStore>> OpenObjects(const Settings& settings, Clock& clock);

}  // namespace tarn::server
