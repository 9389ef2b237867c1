// Runs the suite on every driver, and on drivers below layers and faults.

#include <cerrno>

#include "base/random.h"
#include "base/testing/temp_directory.h"
#include "block/layers/metered_store.h"
#include "block/layers/presigning_store.h"
#include "block/layers/retry_store.h"
#include "block/local/local_store.h"
#include "block/mem/mem_store.h"
#include "block/testing/layer_over.h"
#include "block/testing/store_suite.h"
#include "block/testing/under_faults.h"

namespace tarn::block {
namespace {

/// What is put over a driver.
struct Layers {
  std::function<std::unique_ptr<ObjectStore>(std::unique_ptr<ObjectStore>)> over =
      [](std::unique_ptr<ObjectStore> store) { return store; };
  bool faults = false;
};

class LayersUnderTest : public StoreUnderTest {
 public:
  explicit LayersUnderTest(Layers layers) : layers_(std::move(layers)) {}
  bool reads_stay_warm() const override { return !layers_.faults; }
  bool readers_outlive_names() const override { return !layers_.faults; }

 protected:
  std::unique_ptr<ObjectStore> Over(std::unique_ptr<ObjectStore> store) const {
    return layers_.over(std::move(store));
  }

 private:
  const Layers layers_;
};

class MemUnderTest : public LayersUnderTest {
 public:
  explicit MemUnderTest(Layers layers = {})
      : LayersUnderTest(std::move(layers)),
        store_(Over(std::make_unique<MemStore>(SystemClock()))) {}
  ObjectStore& store() override { return *store_; }
  std::string storage_namespace() const override { return "mem://bucket/repo"; }
  std::string walk_source() const override { return "mem://bucket/repo/src/"; }

 private:
  const std::unique_ptr<ObjectStore> store_;
};

/// A kernel without unnamed files: the way through .tarn/tmp.
class NamedFiles : public LayerOver {
 public:
  NamedFiles() : LayerOver(SystemFiles()) {}
  int CreateUnnamed(int) override { return -EOPNOTSUPP; }
};

class LocalUnderTest : public LayersUnderTest {
 public:
  explicit LocalUnderTest(FileLayer& layer, Layers layers = {},
                          const std::filesystem::path& parent = FastTempParent())
      : LayersUnderTest(std::move(layers)),
        in_memory_(parent == FastTempParent()),
        directory_(parent) {
    LocalStoreOptions options;
    options.root = directory_.path() + "/objects";
    auto opened = LocalStore::Open(options, SystemClock(), layer);
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = Over(*std::move(opened));
  }
  ObjectStore& store() override { return *store_; }
  std::string storage_namespace() const override { return "local://bucket/repo"; }
  /// A file system in memory cannot read without leave to wait.
  bool reads_stay_warm() const override {
    return !in_memory_ && LayersUnderTest::reads_stay_warm();
  }
  std::string walk_source() const override {
    return "local://" + directory_.path() + "/objects/bucket/repo/src/";
  }

 private:
  const bool in_memory_;
  TempDirectory directory_;
  std::unique_ptr<ObjectStore> store_;
};

std::unique_ptr<StoreUnderTest> MakeNamed() {
  static NamedFiles files;
  return std::make_unique<LocalUnderTest>(files);
}

class NoSink : public OperationSink {
 public:
  void Began(Operation) override {}
  void Ended(Operation, Code, int64_t) override {}
};

/// All layers, in the order of a server over a remote store.
std::unique_ptr<ObjectStore> AllLayers(std::unique_ptr<ObjectStore> store) {
  static NoSink sink;
  store = std::make_unique<MeteredStore>(std::move(store), sink, SystemClock());
  store = std::make_unique<RetryStore>(std::move(store), RetryOptions(), SystemRandom());
  return std::make_unique<PresigningStore>(std::move(store), [](const PresignRequest&) {
    return PresignedUrl{"https://x", 1};
  });
}

const Layers kAllLayers = {.over = AllLayers};
const Layers kFaults = {.over = UnderFaults, .faults = true};

const StoreFactory kFactories[] = {
    {"mem", [] { return std::make_unique<MemUnderTest>(); }},
    {"local",
     [] {
       return std::make_unique<LocalUnderTest>(SystemFiles(), Layers{},
                                               std::filesystem::temp_directory_path());
     }},
    {"local_named", MakeNamed},
    {"mem_layers", [] { return std::make_unique<MemUnderTest>(kAllLayers); }},
    {"local_layers", [] { return std::make_unique<LocalUnderTest>(SystemFiles(), kAllLayers); }},
    {"mem_faults", [] { return std::make_unique<MemUnderTest>(kFaults); }},
    {"local_faults", [] { return std::make_unique<LocalUnderTest>(SystemFiles(), kFaults); }},
};

INSTANTIATE_TEST_SUITE_P(Backends, ObjectStoreSuite, testing::ValuesIn(kFactories),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace tarn::block
