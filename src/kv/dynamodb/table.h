// The table itself: there, of the right shape and ready, or made so. Level 3.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "kv/dynamodb/connection.h"

namespace tarn::kv::dynamodb {

struct TableWait {
  int64_t timeout_ms = 30'000;  ///< For a table that is being made.
  int64_t poll_ms = 750;
};

/// Makes the table if there is none, paid by request as the reference makes it, and waits until it
/// is active. kUnsupported for a table with other keys than PartitionKey and ItemKey, kIo when it
/// does not become active in time; all with a sentence.
Status OpenTable(Connection& connection, const TableWait& wait, Clock& clock,
                 const std::function<void(int64_t us)>& sleep);

/// What the server tells of the table: "ACTIVE", or how far it is. kNotFound where there is none,
/// kUnsupported for one with other keys.
Result<std::string> StateOf(Connection& connection);
/// Whether a table of that state can be used.
bool IsReady(std::string_view state);

/// The body of a request for the description of the table.
std::string DescribeBody(std::string_view table);

}  // namespace tarn::kv::dynamodb
