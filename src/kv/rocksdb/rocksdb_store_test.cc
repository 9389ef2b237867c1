#include "kv/rocksdb/rocksdb_store.h"

#include <filesystem>

#include "kv/testing/store_suite.h"

namespace tarn::kv {
namespace {

struct RocksDbDriver {
  RocksDbDriver() {
    std::string name = testing::TempDir() + "tarn-kv-XXXXXX";
    path = mkdtemp(name.data());
  }
  ~RocksDbDriver() { std::filesystem::remove_all(path); }
  Result<std::unique_ptr<Store>> Open() {
    rocks::Options options;
    options.path = path;
    return rocks::Open(options);
  }
  std::string path;
};

INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, StoreSuite, RocksDbDriver);

}  // namespace
}  // namespace tarn::kv
