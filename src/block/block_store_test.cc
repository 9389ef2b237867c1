// Runs the suite on every backend.

#include <cerrno>

#include "block/local/local_store.h"
#include "block/mem/mem_store.h"
#include "block/testing/layer_over.h"
#include "block/testing/store_suite.h"
#include "block/testing/temp_directory.h"

namespace tarn::block {
namespace {

class MemUnderTest : public StoreUnderTest {
 public:
  MemUnderTest() : store_(SystemClock()) {}
  ObjectStore& store() override { return store_; }
  std::string storage_namespace() const override { return "mem://bucket/repo"; }
  std::string walk_source() const override { return "mem://bucket/repo/src/"; }

 private:
  MemStore store_;
};

/// A kernel without unnamed files: the way through .tarn/tmp.
class NamedFiles : public LayerOver {
 public:
  NamedFiles() : LayerOver(SystemFiles()) {}
  int CreateUnnamed(int) override { return -EOPNOTSUPP; }
};

class LocalUnderTest : public StoreUnderTest {
 public:
  explicit LocalUnderTest(FileLayer& layer) {
    LocalStoreOptions options;
    options.root = directory_.path() + "/objects";
    auto opened = LocalStore::Open(options, SystemClock(), layer);
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }
  ObjectStore& store() override { return *store_; }
  std::string storage_namespace() const override { return "local://bucket/repo"; }
  std::string walk_source() const override {
    return "local://" + directory_.path() + "/objects/bucket/repo/src/";
  }

 private:
  TempDirectory directory_;
  std::unique_ptr<LocalStore> store_;
};

std::unique_ptr<StoreUnderTest> MakeNamed() {
  static NamedFiles files;
  return std::make_unique<LocalUnderTest>(files);
}

const StoreFactory kFactories[] = {
    {"mem", [] { return std::make_unique<MemUnderTest>(); }},
    {"local", [] { return std::make_unique<LocalUnderTest>(SystemFiles()); }},
    {"local_named", MakeNamed},
};

INSTANTIATE_TEST_SUITE_P(Backends, ObjectStoreSuite, testing::ValuesIn(kFactories),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace tarn::block
