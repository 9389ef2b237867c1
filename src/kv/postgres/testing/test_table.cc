#include "kv/postgres/testing/test_table.h"

#include <fmt/format.h>

#include <atomic>
#include <string>
#include <utility>

#include "base/check.h"
#include "kv/postgres/testing/test_database.h"
#include "kv/testing/hooked_store.h"

namespace tarn::kv::postgres {
namespace {

class TestTable final : public HookedStore {
 public:
  TestTable(std::unique_ptr<Store> store, std::string name)
      : HookedStore(*store), store_(std::move(store)), name_(std::move(name)) {}
  ~TestTable() override {
    store_.reset();
    TestDatabase::OfProcess()->Run("DROP TABLE " + name_);
  }

 private:
  std::unique_ptr<Store> store_;
  const std::string name_;
};

}  // namespace

std::unique_ptr<Store> OpenTestTable() {
  TestDatabase* const database = TestDatabase::OfProcess();
  TARN_CHECK(database != nullptr);
  static std::atomic<int> made = 0;
  const std::string name = fmt::format("kv_of_test_{}", ++made);
  // Without the partitions, which the store of a server makes: there are thousands of tests.
  database->Run(
      fmt::format("CREATE UNLOGGED TABLE {} (partition_key BYTEA NOT NULL, key BYTEA NOT "
                  "NULL, value BYTEA NOT NULL, PRIMARY KEY (partition_key, key))",
                  name));
  auto store = Open(database->OptionsFor({}, "lakefskv_table=" + name));
  TARN_CHECK(store.ok());
  return std::make_unique<TestTable>(*std::move(store), name);
}

}  // namespace tarn::kv::postgres
