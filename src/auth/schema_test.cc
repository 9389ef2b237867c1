#include "auth/schema.h"

#include <gtest/gtest.h>

#include "kv/testing/test_store.h"

namespace tarn::auth {
namespace {

constexpr const char* kPartition = "kv-internal-metadata";
constexpr const char* kKey = "kv/schema/version";

class SchemaTest : public testing::Test {
 protected:
  void Store(std::string_view version) { ASSERT_TRUE(kv_->Set(kPartition, kKey, version).ok()); }
  std::string Stored() {
    const auto found = kv_->Get(kPartition, kKey);
    return found.ok() && *found ? **found : "";
  }

  std::unique_ptr<kv::Store> kv_ = kv::OpenForTest();
};

TEST_F(SchemaTest, IsWrittenOnce) {
  EXPECT_EQ(*ReadSchemaVersion(*kv_), std::nullopt);
  EXPECT_TRUE(EnsureSchema(*kv_).ok());
  EXPECT_EQ(Stored(), "4");
  EXPECT_TRUE(EnsureSchema(*kv_).ok());
  EXPECT_EQ(*ReadSchemaVersion(*kv_), 4);
}

// Texts of the reference, kv/migration.go.
TEST_F(SchemaTest, OtherVersionsAreRefused) {
  struct Row {
    const char* stored;
    Code code;
    const char* text;
  };
  for (const Row& row : {
           Row{"5", Code::kUnsupported, "incompatible schema version. Latest: 4: wrong kv version"},
           Row{"0", Code::kUnsupported,
               "migration to KV required. Did you migrate using version v0.80.x? "
               "https://docs.lakefs.io/reference/upgrade.html#lakefs-0800-or-greater-kv-migration: "
               "wrong kv version"},
           Row{"1", Code::kPreconditionFailed,
               "migration to ACL required. Please run 'lakefs migrate up': migration required"},
           Row{"2", Code::kPreconditionFailed,
               "migration to ACL required. Please run 'lakefs migrate up': migration required"},
           Row{"3", Code::kPreconditionFailed,
               "ACL migration required. Please run 'lakefs migrate up': migration required"},
           Row{"4x", Code::kCorrupt, "the schema version \"4x\" is no number"},
           Row{"", Code::kCorrupt, "the schema version \"\" is no number"},
       }) {
    Store(row.stored);
    const Status status = EnsureSchema(*kv_);
    EXPECT_EQ(status.code(), row.code) << row.stored;
    EXPECT_EQ(status.message(), row.text);
    EXPECT_EQ(Stored(), row.stored) << "nothing changes";
  }
}

TEST_F(SchemaTest, OlderVersionsAreBroughtUp) {
  EXPECT_EQ(MigrateSchema(*kv_).status().message(), "not found");
  for (const char* older : {"1", "2", "3"}) {
    Store(older);
    EXPECT_EQ(*MigrateSchema(*kv_), true);
    EXPECT_EQ(Stored(), "4");
  }
  EXPECT_EQ(*MigrateSchema(*kv_), false);
  Store("5");
  EXPECT_EQ(MigrateSchema(*kv_).code(), Code::kUnsupported);
  EXPECT_EQ(Stored(), "5");
}

}  // namespace
}  // namespace tarn::auth
