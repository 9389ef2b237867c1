// The one retry loop of compare-and-set: every read-modify-write of a record goes through it.
// Level 4; thread-safe, blocks.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "kv/store.h"

namespace tarn::records {

/// Runs `attempt` until it says anything else than kPredicateFailed: again at once, then after
/// 1 ms, doubling up to 100 ms. After many lost races kTooManyTries "<what>: too many tries (last
/// predicate failed)".
Status RetryLost(Random& random, std::string_view what, const std::function<Status()>& attempt);

/// What a change makes of a record: its new bytes, or nothing to leave it as it is.
using RecordChange =
    std::function<Result<std::optional<std::string>>(const std::optional<std::string>& found)>;

/// Reads a record, lets `change` make its successor, and writes that if the record is unchanged
/// meanwhile; else again (RetryLost). An error of `change` ends it.
Status UpdateRecord(kv::Store& kv, Random& random, std::string_view partition, std::string_view key,
                    std::string_view what, const RecordChange& change);

/// Removes a record if it is exactly `bytes`; what somebody else has written or removed stays so.
Status RemoveIfStill(kv::Store& kv, std::string_view partition, std::string_view key,
                     std::string_view bytes);

}  // namespace tarn::records
