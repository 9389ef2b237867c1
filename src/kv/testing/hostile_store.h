// A KV in memory that keeps no more than the contract says: scans fetch pages of two records from
// what is there at that time, limits are those of kLeastTraits, reads always wait, other threads
// run between any two calls, and other processes may share it. What the core gets wrong on
// PostgreSQL or DynamoDB it gets wrong here. Level 3, tests only; thread-safe.
#pragma once

#include <memory>

#include "kv/store.h"

namespace tarn::kv {

/// Creates an empty store.
std::unique_ptr<Store> OpenHostile();

}  // namespace tarn::kv
