// The KV under the tests of the core: in memory, or what TARN_TEST_KV says: `hostile`, so that the
// same tests run on the most and on the least that drivers keep, or `postgres`, on the server that
// TARN_PG_URL names. Level 3, tests only.
#pragma once

#include <memory>

#include "kv/store.h"

namespace tarn::kv {

/// Creates an empty store. Aborts for an unknown TARN_TEST_KV.
std::unique_ptr<Store> OpenForTest();

}  // namespace tarn::kv
