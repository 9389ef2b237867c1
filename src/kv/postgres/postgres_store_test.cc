// The suite of all stores on a real server, if TARN_PG_URL names one: directly, with named
// statements, through the pooler of TARN_PGBOUNCER_URL, and over links that break.
#include "kv/postgres/postgres_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "kv/postgres/testing/faulty_link.h"
#include "kv/postgres/testing/test_database.h"
#include "kv/testing/store_suite.h"

namespace tarn::kv {
namespace {

using postgres::FaultyLink;
using postgres::TestDatabase;
using postgres::Variable;
using testing::HasSubstr;
using testing::Not;

constexpr postgres::FaultRates kRates = {
    .request_cut = 3000, .reply_lost = 8000, .reply_cut = 3000, .stalled = 1000};

/// One way to the database of the process.
template <class Way>
struct PostgresDriver {
  static std::string Missing() {
    if (TestDatabase::OfProcess() == nullptr) return "TARN_PG_URL names no server";
    return Way::kThroughPooler && Variable("TARN_PGBOUNCER_URL").empty()
               ? "TARN_PGBOUNCER_URL names no pooler"
               : "";
  }
  Result<std::unique_ptr<Store>> Open() {
    TestDatabase& database = *TestDatabase::OfProcess();
    database.Empty();
    uint16_t port =
        Way::kThroughPooler ? postgres::PortOf(Variable("TARN_PGBOUNCER_URL")) : database.port();
    if (Way::kIsFaulty) {
      const uint32_t seed = std::random_device()();
      testing::Test::RecordProperty("seed", std::to_string(seed));
      std::printf("seed of the link: %u\n", seed);
      link = std::make_unique<FaultyLink>(port, kRates, seed);
      port = link->port();
    }
    auto options = database.OptionsFor(port, Way::kWords);
    options.page_rows = Way::kPageRows;
    return postgres::Open(options);
  }
  std::unique_ptr<FaultyLink> link;
};

struct Direct {
  static constexpr bool kThroughPooler = false, kIsFaulty = false;
  static constexpr std::string_view kWords = "";
  static constexpr size_t kPageRows = 1000;
};
struct Named : Direct {
  static constexpr std::string_view kWords = "default_query_exec_mode=cache_statement";
  static constexpr size_t kPageRows = 1;
};
struct Pooled : Direct {
  static constexpr bool kThroughPooler = true;
};
struct Faulty : Direct {
  static constexpr bool kIsFaulty = true;
};
struct FaultyPooled : Pooled {
  static constexpr bool kIsFaulty = true;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, StoreSuite, PostgresDriver<Direct>);
INSTANTIATE_TYPED_TEST_SUITE_P(PostgresNamed, StoreSuite, PostgresDriver<Named>);
INSTANTIATE_TYPED_TEST_SUITE_P(PostgresPooled, StoreSuite, PostgresDriver<Pooled>);
INSTANTIATE_TYPED_TEST_SUITE_P(PostgresFaulty, StoreSuite, PostgresDriver<Faulty>);
INSTANTIATE_TYPED_TEST_SUITE_P(PostgresFaultyPooled, StoreSuite, PostgresDriver<FaultyPooled>);

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    database_ = TestDatabase::OfProcess();
    if (database_ == nullptr) GTEST_SKIP() << "TARN_PG_URL names no server";
    database_->Empty();
  }
  std::unique_ptr<Store> MustOpen(const postgres::Options& options) {
    auto opened = postgres::Open(options);
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    return *std::move(opened);
  }
  std::string Number(const std::string& statement) {
    const postgres::Answer answer = database_->Run(statement);
    return std::string(answer.Value(0, 0));
  }
  /// Those of all others; how many there were.
  int EndConnections() {
    return std::stoi(
        Number("SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity "
               "WHERE datname = current_database() AND pid <> pg_backend_pid()"));
  }
  TestDatabase* database_ = nullptr;
};

/// Adds one to a counter, so often, from several threads at once. True if each counted once.
bool Count(Store& store, int threads_count, int rounds) {
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < threads_count; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < rounds;) {
        const auto found = store.Get("p", "counter");
        if (!found.ok()) return void(++failed);
        const std::string next = std::to_string(*found ? std::stoi(**found) + 1 : 1);
        const Status set = store.SetIf("p", "counter", next, Predicate::Unchanged(*found));
        i += set.ok() ? 1 : 0;
        if (!set.ok() && set.code() != Code::kPredicateFailed) {
          ADD_FAILURE() << set.ToString();
          return void(++failed);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return failed == 0 && **store.Get("p", "counter") == std::to_string(threads_count * rounds);
}

TEST_F(PostgresTest, WritesAreCountedOnceWhileConnectionsAreEnded) {
  const auto store = MustOpen(database_->OptionsFor());
  std::atomic<bool> stop = false;
  int ended = 0;
  std::thread ending([&] {
    while (!stop) {
      SleepForUs(30'000);
      ended += EndConnections();
    }
  });
  EXPECT_TRUE(Count(*store, 6, 60));
  stop = true;
  ending.join();
  EXPECT_GT(ended, 0);
}

TEST_F(PostgresTest, GroupsOfWritesSurviveTheEndOfConnections) {
  constexpr int kThreads = 24, kWrites = 40;
  const auto store = MustOpen(database_->OptionsFor());
  std::atomic<bool> stop = false;
  std::thread ending([&] {
    while (!stop) {
      SleepForUs(50'000);
      EndConnections();
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const std::string mine = "of-" + std::to_string(t);
      for (int i = 0; i < kWrites; ++i) {
        for (const auto& key : {mine, std::string("of-all"), mine + "-" + std::to_string(i)}) {
          const Status set = store->Set("p", key, std::to_string(i));
          ASSERT_TRUE(set.ok()) << set.ToString();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  stop = true;
  ending.join();
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(*store->Get("p", "of-" + std::to_string(t)), std::to_string(kWrites - 1));
  }
  EXPECT_EQ(*store->Get("p", "of-all"), std::to_string(kWrites - 1));
  EXPECT_EQ(Number("SELECT count(*)::text FROM kv"), std::to_string(kThreads * (kWrites + 1) + 1));
}

TEST_F(PostgresTest, WritesThatWaitShareATransaction) {
  constexpr int kBlocked = 8, kWaiting = 40;
  const auto store = MustOpen(database_->OptionsFor());
  ASSERT_TRUE(store->Set("p", "held", "0").ok());
  const auto session = postgres::Session::Make(database_->OptionsFor());
  ASSERT_TRUE(session.ok());
  const auto holder = (*session)->pool().Take(Deadline(5000));
  ASSERT_TRUE(holder.ok()) << holder.status().ToString();
  const auto run = [&](const std::string& text) {
    EXPECT_TRUE((*holder)->RunText(text, Deadline(5000)).ok()) << text;
  };
  run("BEGIN");
  run("SELECT 1 FROM kv WHERE key = 'held' FOR UPDATE");
  std::vector<std::thread> threads;
  const auto set = [&](const std::string& key) {
    threads.emplace_back([&, key] { EXPECT_TRUE(store->Set("p", key, "1").ok()); });
  };
  // Of these each keeps a group waiting, as far as there are groups.
  for (int i = 0; i < kBlocked; ++i) set("held");
  SleepForUs(300'000);
  for (int i = 0; i < kWaiting; ++i) set("w" + std::to_string(i));
  SleepForUs(500'000);
  run("COMMIT");
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Number("SELECT count(*)::text FROM kv WHERE value = '1'"),
            std::to_string(kWaiting + 1));
  EXPECT_LE(std::stoi(Number("SELECT count(DISTINCT xmin::text)::text FROM kv")), kWaiting / 4);
}

TEST_F(PostgresTest, SharedReadsSeeWhatWasAcknowledgedBefore) {
  constexpr int kReaders = 24, kWrites = 300;
  const auto store = MustOpen(database_->OptionsFor());
  for (int t = 0; t < kReaders; t += 2) {
    ASSERT_TRUE(store->Set("p", "of-" + std::to_string(t), std::to_string(t)).ok());
  }
  ASSERT_TRUE(store->Set("p", "counter", "0").ok());
  std::atomic<int> acknowledged = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < kReaders; ++t) {
    readers.emplace_back([&, t] {
      while (acknowledged < kWrites) {
        const int before = acknowledged;
        const auto counter = store->Get("p", "counter");
        ASSERT_TRUE(counter.ok() && *counter) << counter.status().ToString();
        ASSERT_GE(std::stoi(**counter), before);
        const auto mine = store->Get("p", "of-" + std::to_string(t));
        ASSERT_TRUE(mine.ok()) << mine.status().ToString();
        ASSERT_EQ(*mine, t % 2 == 0 ? std::optional(std::to_string(t)) : std::nullopt);
      }
    });
  }
  for (int i = 1; i <= kWrites; ++i) {
    const Status set = store->Set("p", "counter", std::to_string(i));
    EXPECT_TRUE(set.ok()) << set.ToString();
    acknowledged = i;
  }
  for (auto& reader : readers) reader.join();
}

TEST_F(PostgresTest, AServerThatTakesNoWritesIsLeft) {
  const std::string name = Number("SELECT current_database()::text");
  const auto read_only = [&](const char* value) {
    database_->Run("ALTER DATABASE " + name + " SET default_transaction_read_only = " + value);
  };
  read_only("on");
  const auto store = postgres::Open(database_->OptionsFor());  // The table is there.
  std::thread promoting([&] {
    SleepForUs(300'000);
    read_only("off");
  });
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  const Status set = (*store)->Set("p", "k", "v");
  EXPECT_TRUE(set.ok()) << set.ToString();
  promoting.join();
}

TEST_F(PostgresTest, ABoundedNumberOfConnectionsServesAll) {
  auto options = database_->OptionsFor({}, "application_name=bounded");
  options.pool.open_max = 2;
  const auto store = MustOpen(options);
  EXPECT_TRUE(Count(*store, 8, 20));
  EXPECT_EQ(Number("SELECT count(*)::text FROM pg_stat_activity "
                   "WHERE application_name = 'bounded'"),
            "2");
}

TEST_F(PostgresTest, IdleConnectionsAreClosed) {
  auto options = database_->OptionsFor({}, "application_name=idle");
  options.pool.idle_max = 1;
  const auto store = MustOpen(options);
  EXPECT_TRUE(Count(*store, 4, 10));
  EXPECT_EQ(Number("SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'idle' "
                   "AND state <> 'active'"),
            "1");
}

TEST_F(PostgresTest, WhoFindsNoConnectionIsToldSo) {
  auto options = database_->OptionsFor();
  options.pool.open_max = 1;
  options.statement_ms = 300;
  const auto session = postgres::Session::Make(options);
  ASSERT_TRUE(session.ok());
  const auto taken = (*session)->pool().Take(Deadline(5000));
  ASSERT_TRUE(taken.ok()) << taken.status().ToString();
  const postgres::Parameter parameters[] = {{"p"}, {"k"}};
  const auto refused = (*session)->Read({postgres::Verb::kGet, parameters});
  EXPECT_EQ(refused.code(), Code::kSlowDown);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("max_open_connections"));
}

TEST_F(PostgresTest, AFullServerIsSharedAmongTheConnectionsThereAre) {
  database_->Run("DROP ROLE IF EXISTS tarn_limited");
  database_->Run("CREATE ROLE tarn_limited LOGIN CONNECTION LIMIT 2");
  database_->Run("GRANT ALL ON kv TO tarn_limited");
  auto options = database_->OptionsFor({}, "user=tarn_limited");
  {
    const auto store = MustOpen(options);
    EXPECT_TRUE(Count(*store, 8, 10));
  }
  database_->Run("REVOKE ALL ON kv FROM tarn_limited");
  database_->Run("DROP ROLE tarn_limited");
}

TEST_F(PostgresTest, TheTableIsTheReferences) {
  database_->Run("DROP TABLE IF EXISTS other CASCADE");
  const auto options = database_->OptionsFor({}, "lakefskv_table=other");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(MustOpen(options)->Set("p", "k", "v\n").ok());
  EXPECT_EQ(Number("SELECT count(*)::text FROM pg_inherits WHERE inhparent = 'other'::regclass"),
            "100");
  EXPECT_EQ(Number("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = "
                   "'other_99'"),
            "FOR VALUES WITH (modulus 100, remainder 99)");
  EXPECT_EQ(
      Number("SELECT partition_key || '/' || key || '/' || encode(value, 'hex') FROM other_v"),
      "p/k/760a");
  database_->Run("DROP TABLE other_7");
  MustOpen(options);
  EXPECT_EQ(Number("SELECT count(*)::text FROM pg_inherits WHERE inhparent = 'other'::regclass"),
            "100");
  database_->Run("DROP TABLE other CASCADE");
}

TEST_F(PostgresTest, ServersThatStartTogetherMakeOneTable) {
  database_->Run("DROP TABLE IF EXISTS together CASCADE");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto opened = postgres::Open(database_->OptionsFor({}, "lakefskv_table=together"));
      EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    });
  }
  for (auto& thread : threads) thread.join();
  database_->Run("DROP TABLE together CASCADE");
}

TEST_F(PostgresTest, ALongestKeyOfRandomBytesFits) {
  const auto store = MustOpen(database_->OptionsFor());
  std::mt19937 random(3);
  std::string partition(store->traits().partition_bytes_max, '\0');
  std::string key(store->traits().key_bytes_max, '\0');
  for (char& c : partition) c = static_cast<char>(random());
  for (char& c : key) c = static_cast<char>(random());
  const Status set = store->Set(partition, key, "v");
  EXPECT_TRUE(set.ok()) << set.ToString();
  EXPECT_EQ(*store->Get(partition, key), "v");
}

TEST_F(PostgresTest, WhatTheServerRefusesIsExplained) {
  const auto open = [&](std::string_view more) {
    return ToStatus(postgres::Open(database_->OptionsFor({}, more)));
  };
  EXPECT_THAT(std::string(open("dbname=no_such_database").message()),
              HasSubstr("create the database"));
  EXPECT_THAT(std::string(open("no_such_setting=1").message()), HasSubstr("no_such_setting"));
  database_->Run("DROP ROLE IF EXISTS tarn_nobody");
  database_->Run("CREATE ROLE tarn_nobody LOGIN");
  const auto store = MustOpen(database_->OptionsFor({}, "user=tarn_nobody"));
  EXPECT_THAT(std::string(store->Get("p", "k").status().message()), HasSubstr("needs SELECT"));
  EXPECT_THAT(std::string(store->Set("p", "k", "v").message()), HasSubstr("needs SELECT"));
  const auto checks = postgres::Examine(database_->OptionsFor({}, "user=tarn_nobody"));
  ASSERT_TRUE(checks.ok());
  for (const auto& check : *checks) {
    EXPECT_EQ(check.status.ok(), check.name != "rights" && check.name != "durability")
        << check.name << check.status.ToString();
  }
  EXPECT_EQ(checks->size(), 6U);
  database_->Run("DROP ROLE tarn_nobody");
}

TEST(PostgresPassword, IsInNoMessage) {
  for (const char* where : {"127.0.0.1:9", "no-such-host.invalid:5432"}) {
    postgres::Options options;
    options.connection_string =
        std::string("postgres://someone:hunter2@") + where + "/kv?connect_timeout=2";
    options.statement_ms = 100;
    const auto opened = postgres::Open(options);
    ASSERT_FALSE(opened.ok());
    EXPECT_THAT(opened.status().ToString(), Not(HasSubstr("hunter2")));
    EXPECT_THAT(opened.status().ToString(), HasSubstr("database: "));
  }
}

}  // namespace
}  // namespace tarn::kv
