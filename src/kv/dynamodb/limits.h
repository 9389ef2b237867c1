// What DynamoDB can keep. Level 3.
//
// Source: "Quotas in Amazon DynamoDB". An item has at most 400 KiB, names of its attributes (28
// bytes) and longest keys included.
#pragma once

#include "kv/store.h"

namespace tarn::kv::dynamodb {

inline constexpr Traits kTraits = {.partition_bytes_max = 2048,
                                   .key_bytes_max = 1024,
                                   .value_bytes_max = (400 << 10) - 28 - 2048 - 1024,
                                   .scans = ScanKind::kPaged,
                                   .shared = true,
                                   .reads_wait = true};

}  // namespace tarn::kv::dynamodb
