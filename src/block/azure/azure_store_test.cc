// The suite of all stores against a real server, if the environment names one (TARN_AZURE_URL with
// the account in its path, TARN_AZURE_KEY, TARN_AZURE_CONTAINER, and SSL_CERT_FILE for its
// certificate), and what is particular to Azure against scripts.
#include "block/azure/azure_store.h"

#include <gtest/gtest.h>

#include <iostream>

#include "block/testing/faulty_store.h"
#include "block/testing/store_suite.h"
#include "http/client.h"

namespace tarn::block {
namespace {

// The real server.

constexpr std::string_view kAccount = "devstoreaccount1";

std::string Variable(const char* name) { return azure::ProcessEnvironment(name); }

AzureStoreOptions RealOptions() {
  AzureStoreOptions options;
  options.client.test_url = Variable("TARN_AZURE_URL");
  options.client.key =
      azure::ReadSharedKey(std::string(kAccount), Variable("TARN_AZURE_KEY")).value();
  options.client.transport.ca_file = Variable("SSL_CERT_FILE");
  return options;
}

std::unique_ptr<ObjectStore> RealStore() {
  return std::make_unique<AzureStore>(RealOptions(),
                                      azure::MakeTokenSource(SystemClock(), Variable),
                                      SystemClock(), SystemRandom());
}

class AzureUnderTest : public StoreUnderTest {
 public:
  explicit AzureUnderTest(std::unique_ptr<ObjectStore> store, RetryOptions retry = {})
      : store_(std::move(store), std::move(retry), SystemRandom()),
        storage_namespace_("https://" + std::string(kAccount) + ".blob.core.windows.net/" +
                           Variable("TARN_AZURE_CONTAINER") + "/suite/" + NewUuid(SystemRandom())) {
  }
  ObjectStore& store() override { return store_; }
  std::string storage_namespace() const override { return storage_namespace_; }
  std::string walk_source() const override { return storage_namespace_ + "/src/"; }
  bool reads_stay_warm() const override { return false; }
  bool readers_outlive_names() const override { return false; }

 private:
  RetryStore store_;
  const std::string storage_namespace_;
};

/// The store below one that fails all the time.
std::unique_ptr<StoreUnderTest> WithFaults() {
  const uint64_t seed = SystemRandom().Next64() % 1'000'000'000;
  std::cout << "faults of seed " << seed << std::endl;
  RetryOptions retry;
  retry.attempts_max = 40;
  retry.pause_us_first = 10;
  retry.pause_us_max = 100;
  return std::make_unique<AzureUnderTest>(
      std::make_unique<FaultyStore>(RealStore(), StoreFaults{.seed = seed,
                                                             .delayed = 20,
                                                             .refused = 5,
                                                             .reply_lost = 7,
                                                             .truncated = 5,
                                                             .spare_writers = true}),
      retry);
}

const std::string kMissing =
    Variable("TARN_AZURE_URL").empty() ? "TARN_AZURE_URL names no server" : "";
const StoreFactory kServer[] = {
    {"azure", [] { return std::make_unique<AzureUnderTest>(RealStore()); }, kMissing},
    {"azure_faults", WithFaults, kMissing}};
INSTANTIATE_TEST_SUITE_P(Azure, ObjectStoreSuite, testing::ValuesIn(kServer),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace tarn::block
