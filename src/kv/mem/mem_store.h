// The KV in memory: for tests, and for servers whose data may vanish. Level 3; thread-safe.
//
// One ordered map per partition. An iterator holds the map it was made from; a writer that finds
// its map held copies it first, which makes iterators snapshots and leaves writes cheap otherwise.
#pragma once

#include <memory>

#include "kv/store.h"

namespace tarn::kv::mem {

/// Creates an empty store.
std::unique_ptr<Store> Open();

}  // namespace tarn::kv::mem
