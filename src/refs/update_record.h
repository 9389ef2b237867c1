// The one retry loop of compare-and-set: every read-modify-write of a record goes through it.
// Level 5; thread-safe, blocks.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "kv/store.h"

namespace tarn::refs {

/// What a change makes of a record: its new bytes, or nothing to leave it as it is.
using RecordChange =
    std::function<Result<std::optional<std::string>>(const std::optional<std::string>& found)>;

/// Reads a record, lets `change` make its successor, and writes that if the record is unchanged
/// meanwhile; else again: at once, then after 1 ms, doubling up to 100 ms. After many lost races
/// kTooManyTries "<what>: too many tries (last predicate failed)". An error of `change` ends it.
Status UpdateRecord(kv::Store& kv, Random& random, std::string_view partition, std::string_view key,
                    std::string_view what, const RecordChange& change);

}  // namespace tarn::refs
