// Removing a branch record together with what only it leads to. Level 5; thread-safe, blocks.
#pragma once

#include <functional>
#include <string_view>

#include "kv/store.h"
#include "refs/types.h"

namespace tarn::refs {

/// Lets `prepare` see the record, then removes it if it still is as it was seen; else again. An
/// error of `prepare` ends it. kBranchNotFound, kTooManyTries, kCorrupt.
Status DeleteBranchRecord(kv::Store& kv, std::string_view partition, std::string_view key,
                          const std::function<Status(const Branch&)>& prepare);

}  // namespace tarn::refs
