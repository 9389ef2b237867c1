// Looks whether a server can work with a table. Level 3.
#pragma once

#include <vector>

#include "base/random.h"
#include "kv/check.h"
#include "kv/dynamodb/connection.h"

namespace tarn::kv::dynamodb {

/// What a server needs of its table: that it is there, ready and of the right shape, and each right
/// but those to make it and to scan. Writes are tried with conditions that do not hold, and on keys
/// that nobody has: nothing changes. Fails if the server cannot be reached.
Result<std::vector<Check>> ExamineTable(Connection& connection, Random& random);

}  // namespace tarn::kv::dynamodb
