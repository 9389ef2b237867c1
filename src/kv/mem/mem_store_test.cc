#include "kv/mem/mem_store.h"

#include "kv/testing/store_suite.h"

namespace tarn::kv {
namespace {

struct MemDriver {
  Result<std::unique_ptr<Store>> Open() { return mem::Open(); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Mem, StoreSuite, MemDriver);

}  // namespace
}  // namespace tarn::kv
