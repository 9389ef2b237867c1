// The suite of all drivers against a real server, if TARN_DYNAMODB_URL names one, plain and below
// a proxy that refuses and cuts off.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/environment.h"
#include "base/log.h"
#include "kv/dynamodb/dynamodb_store.h"
#include "kv/dynamodb/testing/faulty_proxy.h"
#include "kv/testing/store_suite.h"

namespace tarn::kv {
namespace {

constexpr const char* kVariable = "TARN_DYNAMODB_URL";

std::string MissingServer() {
  if (!ProcessEnvironment(kVariable).empty()) return "";
  return std::string(kVariable) + " names no server";
}

class Keys : public http::aws::CredentialSource {
 public:
  Result<std::optional<http::aws::Credentials>> Fetch() override {
    return std::optional(http::aws::Credentials{"local", "local", "", {}});
  }
};

dynamodb::Options OptionsFor(const std::string& url) {
  dynamodb::Options options;
  options.table = "suite-" + NewUuid(SystemRandom());
  options.url = url;
  options.region = "us-east-1";
  options.table_wait.poll_ms = 10;
  return options;
}

Result<std::unique_ptr<Store>> OpenWith(const dynamodb::Options& options) {
  return dynamodb::Open(options, std::make_unique<Keys>(), SystemClock(), SystemRandom());
}

struct DynamoDbDriver {
  static std::string Missing() { return MissingServer(); }
  Result<std::unique_ptr<Store>> Open() {
    return OpenWith(OptionsFor(ProcessEnvironment(kVariable)));
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(DynamoDb, StoreSuite, DynamoDbDriver);

uint32_t NewSeed() {
  const auto seed = static_cast<uint32_t>(SystemRandom().Next64() % 1'000'000'000);
  TARN_LOG_INFO("faults of seed {}", seed);
  return seed;
}

dynamodb::Options OptionsUnder(const dynamodb::FaultyProxy& proxy) {
  dynamodb::Options options = OptionsFor(proxy.url());
  options.retry.attempts_max = 40;
  options.retry.pause_us_first = 10;
  options.retry.pause_us_max = 100;
  // Many short pages: more to go wrong.
  options.page_records_max = 100;
  return options;
}

/// Whose conditional writes are refused only: what becomes of those that are cut off is below.
class FaultyDriver {
 public:
  static std::string Missing() { return MissingServer(); }
  Result<std::unique_ptr<Store>> Open() {
    proxy_ = std::make_unique<dynamodb::FaultyProxy>(
        ProcessEnvironment(kVariable), NewSeed(),
        dynamodb::ProxyFaults{.throttled = 5, .cut_before = 3, .cut_after = 4, .failed_after = 3},
        /*doubtful_conditions=*/false);
    return OpenWith(OptionsUnder(*proxy_));
  }

 private:
  std::unique_ptr<dynamodb::FaultyProxy> proxy_;
};
INSTANTIATE_TYPED_TEST_SUITE_P(DynamoDbUnderFaults, StoreSuite, FaultyDriver);

/// Conditional writes that are cut off, too: a writer that hears "predicate failed" has not
/// written, one that hears "ok" has, and one that hears neither may have.
class DynamoDbDoubtTest : public testing::Test {
 protected:
  static constexpr int kThreads = 4, kRounds = 100;

  void SetUp() override {
    if (const std::string missing = MissingServer(); !missing.empty()) GTEST_SKIP() << missing;
    proxy_ = std::make_unique<dynamodb::FaultyProxy>(
        ProcessEnvironment(kVariable), NewSeed(),
        dynamodb::ProxyFaults{.throttled = 5, .cut_before = 5, .cut_after = 5, .failed_after = 5},
        /*doubtful_conditions=*/true);
    auto opened = OpenWith(OptionsUnder(*proxy_));
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }
  std::optional<std::string> MustGet(std::string_view key) {
    auto found = store_->Get("p", key);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return found.ok() ? *std::move(found) : std::nullopt;
  }
  void Count(const Status& written) {
    if (written.ok()) {
      ++made_;
    } else if (written.code() != Code::kPredicateFailed) {
      EXPECT_EQ(written.code(), Code::kIo) << written.ToString();
      ++unknown_;
    }
  }
  template <class Body>
  static void InThreads(Body body) {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) threads.emplace_back([&, t] { body(t); });
    for (std::thread& thread : threads) thread.join();
  }

  std::unique_ptr<dynamodb::FaultyProxy> proxy_;
  std::unique_ptr<Store> store_;
  std::atomic<int> made_ = 0, unknown_ = 0;
};

TEST_F(DynamoDbDoubtTest, CountersLoseNothingAndCountNothingTwice) {
  InThreads([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      const auto found = MustGet("counter");
      const std::string next = std::to_string(found ? std::stoi(*found) + 1 : 1);
      Count(store_->SetIf("p", "counter", next, Predicate::Unchanged(found)));
    }
  });
  const int sum = std::stoi(*MustGet("counter"));
  EXPECT_GE(sum, made_);
  EXPECT_LE(sum, made_ + unknown_);
  EXPECT_GT(made_, 0);
  EXPECT_GT(proxy_->faults(), 0);
}

TEST_F(DynamoDbDoubtTest, NoTwoTakeOrRemoveTheSame) {
  const auto key = [](int i) { return "key" + std::to_string(i); };
  // All write the same bytes.
  InThreads([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      Count(store_->SetIf("p", key(i), "v", Predicate::Absent()));
    }
  });
  EXPECT_LE(made_, kRounds);
  EXPECT_GE(made_ + unknown_, kRounds);
  made_ = unknown_ = 0;
  InThreads([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      Count(store_->DeleteIf("p", key(i), Predicate::Equals("v")));
    }
  });
  EXPECT_LE(made_, kRounds);
  EXPECT_GE(made_ + unknown_, kRounds);
  for (int i = 0; i < kRounds; ++i) EXPECT_EQ(MustGet(key(i)), std::nullopt) << i;
}

}  // namespace
}  // namespace tarn::kv
