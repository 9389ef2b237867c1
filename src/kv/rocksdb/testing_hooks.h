// What tests put under the embedded KV. Level 3, tests only.
#pragma once

#include <rocksdb/env.h>

namespace tarn::kv::rocks {

struct TestingHooks {
  ::rocksdb::Env* env = nullptr;  ///< Borrowed; outlives the store. Directory checks are skipped.
};

}  // namespace tarn::kv::rocks
