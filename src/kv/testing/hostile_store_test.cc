#include "kv/testing/hostile_store.h"

#include "kv/testing/store_suite.h"

namespace tarn::kv {
namespace {

struct HostileDriver {
  Result<std::unique_ptr<Store>> Open() { return OpenHostile(); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Hostile, StoreSuite, HostileDriver);

}  // namespace
}  // namespace tarn::kv
