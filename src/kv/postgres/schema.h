// The reference's table: one parent, a hundred partitions by the hash of the partition key, and a
// view for people. Level 3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kv/check.h"
#include "kv/postgres/connection.h"

namespace tarn::kv::postgres {

/// The number by which the reference keeps others from making the same table at the same time.
uint32_t LockNumber(std::string_view table);

/// Makes what is missing of the table, in one transaction; asks for no rights and no locks where
/// nothing is. An ordinary table of that name is taken as it is. Waits.
Status MakeTable(Connection& connection, std::string_view table, const Deadline& deadline);

/// What a server needs of its database: table, rights, durability. Changes nothing.
std::vector<Check> ExamineTable(Connection& connection, std::string_view table,
                                const Deadline& deadline);

}  // namespace tarn::kv::postgres
