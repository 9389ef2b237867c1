// Passing over what two tables have in common without reading its records. Level 4.
#pragma once

#include "base/result.h"
#include "sst/table_store.h"

namespace tarn::sst {

/// If both iterators, which must be valid, stand at the beginning of blocks that hold the same
/// bytes, moves both behind them and behind all equal blocks that follow, and returns true: each
/// stands on the next record of its table, or at its end. Otherwise nothing moves. The iterators
/// are not the same.
Result<bool> SkipEqualBlocks(TableIterator& a, TableIterator& b);

}  // namespace tarn::sst
