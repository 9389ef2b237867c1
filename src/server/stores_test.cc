#include "server/stores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "server/module_options.h"

namespace tarn::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Values = std::vector<std::pair<std::string, std::string>>;

/// Settings with these values, and a store in S3 where they do not say otherwise.
Settings SettingsOf(const Values& values) {
  Settings settings;
  const auto set = [&](std::string_view key, const std::string& text) {
    const Status status = settings.Set(*FindKey(key), RawValue{text});
    EXPECT_TRUE(status.ok()) << status.ToString();
  };
  set("blockstore.type", "s3");
  for (const auto& [key, text] : values) set(key, text);
  return settings;
}

Status Open(const Values& values) {
  return ToStatus(OpenObjects(SettingsOf(values), SystemClock()));
}

TEST(Stores, S3TakesWhatCanWork) {
  for (const Values& values : std::initializer_list<Values>{
           {},
           {{"blockstore.s3.endpoint", "https://store.example.com:9000"},
            {"blockstore.s3.pre_signed_endpoint", "http://127.0.0.1:9000/"}},
           {{"blockstore.s3.credentials.access_key_id", "KEY"},
            {"blockstore.s3.credentials.secret_access_key", "SECRET"}},
           {{"blockstore.s3.pre_signed_expiry", "1s"}},
           {{"blockstore.s3.pre_signed_expiry", "168h"}},
           {{"blockstore.s3.pre_signed_expiry", "0s"},
            {"blockstore.s3.disable_pre_signed", "true"}}}) {
    const Status status = Open(values);
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
}

TEST(Stores, S3RefusesWhatCannotWork) {
  const std::pair<Values, std::string> cases[] = {
      {{{"blockstore.s3.endpoint", "store.example.com:9000"}}, "blockstore.s3.endpoint: "},
      {{{"blockstore.s3.endpoint", "ftp://store"}}, "blockstore.s3.endpoint: "},
      {{{"blockstore.s3.endpoint", "https://"}}, "blockstore.s3.endpoint: "},
      {{{"blockstore.s3.pre_signed_endpoint", "store"}}, "blockstore.s3.pre_signed_endpoint: "},
      {{{"blockstore.s3.credentials.access_key_id", "KEY"}}, "secret_access_key"},
      {{{"blockstore.s3.credentials.secret_access_key", "hush"}}, "access_key_id"},
      {{{"blockstore.s3.pre_signed_expiry", "999ms"}}, "from 1s to 168h"},
      {{{"blockstore.s3.pre_signed_expiry", "168h1s"}}, "from 1s to 168h"}};
  for (const auto& [values, text] : cases) {
    const Status status = Open(values);
    EXPECT_EQ(status.code(), Code::kInvalidValue) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hush")));
  }
}

constexpr std::string_view kCustomerKey =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

TEST(Stores, GsTakesWhatCanWork) {
  for (Values values : std::initializer_list<Values>{
           {},
           {{"blockstore.gs.pre_signed_expiry", "0s"}},
           {{"blockstore.gs.pre_signed_expiry", "168h"}},
           {{"blockstore.gs.server_side_encryption_kms_key_id", "projects/p/k"}},
           {{"blockstore.gs.server_side_encryption_customer_supplied",
             std::string(kCustomerKey)}}}) {
    values.emplace_back("blockstore.type", "GS");
    const Status status = Open(values);
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
}

TEST(Stores, GsRefusesWhatCannotWork) {
  const std::pair<Values, std::string> cases[] = {
      {{{"blockstore.gs.credentials_file", "/no/such/file"}}, "/no/such/file"},
      {{{"blockstore.gs.credentials_json", "hush"}}, "no JSON object"},
      {{{"blockstore.gs.data_credentials_file", "x"}}, "data_credentials_file"},
      {{{"blockstore.gs.data_credentials_json", "hush"}}, "data_credentials_json"},
      {{{"blockstore.gs.s3_endpoint", "https://other"}}, "s3_endpoint"},
      {{{"blockstore.gs.server_side_encryption_customer_supplied", "hush"}}, "32 bytes AES key"},
      {{{"blockstore.gs.server_side_encryption_customer_supplied", std::string(kCustomerKey)},
        {"blockstore.gs.server_side_encryption_kms_key_id", "k"}},
       "setting both kms and customer"},
      {{{"blockstore.gs.pre_signed_expiry", "169h"}}, "from 1s to 168h"}};
  for (auto [values, text] : cases) {
    values.emplace_back("blockstore.type", "gs");
    const Status status = Open(values);
    EXPECT_EQ(status.code(), Code::kInvalidValue) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hush")));
  }
}

TEST(Stores, AzureTakesWhatCanWork) {
  for (Values values : std::initializer_list<Values>{
           {},
           {{"blockstore.azure.storage_account", "a"},
            {"blockstore.azure.storage_access_key", "c2VjcmV0"}},
           {{"blockstore.azure.storage_account", "a"}},
           {{"blockstore.azure.domain", "blob.core.usgovcloudapi.net"}},
           {{"blockstore.azure.china_cloud", "true"}},
           {{"blockstore.azure.test_endpoint_url", "https://127.0.0.1:10000/a"}}}) {
    values.emplace_back("blockstore.type", "Azure");
    const auto opened = OpenObjects(SettingsOf(values), SystemClock());
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    EXPECT_EQ((*opened)->info().type, "azure");
    EXPECT_FALSE((*opened)->info().presign_multipart_support);
  }
  EXPECT_EQ(
      AzureStoreOptions(SettingsOf({{"blockstore.azure.china_cloud", "true"}}))->client.domain,
      "blob.core.chinacloudapi.cn");
}

TEST(Stores, AzureRefusesWhatCannotWork) {
  const std::pair<Values, std::string> cases[] = {
      {{{"blockstore.azure.domain", "example.com"}}, "invalid Azure Domain"},
      {{{"blockstore.azure.test_endpoint_url", "127.0.0.1"}}, "test_endpoint_url"},
      {{{"blockstore.azure.storage_access_key", "aHVzaA=="}}, "needs"},
      {{{"blockstore.azure.storage_account", "a"},
        {"blockstore.azure.storage_access_key", "hush!"}},
       "not base64"},
      {{{"blockstore.azure.pre_signed_expiry", "168h"}}, "from 1s to 166h"},
      {{{"blockstore.azure.try_timeout", "0s"}}, "try_timeout"}};
  for (auto [values, text] : cases) {
    values.emplace_back("blockstore.type", "azure");
    const Status status = Open(values);
    EXPECT_EQ(status.code(), Code::kInvalidValue) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hush")));
  }
}

TEST(Stores, TransientKeepsNothing) {
  const auto store = *OpenObjects(SettingsOf({{"blockstore.type", "transient"}}), SystemClock());
  EXPECT_EQ(store->info().namespace_regex, "^transient://");
  const block::ObjectPointer object{"transient://b/r", "x"};
  EXPECT_TRUE(block::PutObject(*store, object, "dropped").ok());
  EXPECT_NE(*block::GetObject(*store, object, 1 << 20), "dropped");
  EXPECT_EQ((*store->OpenStream(object, {}))->properties().size, 1 << 20);
  EXPECT_TRUE((*store->Stat({"transient://b/r", "never/put"})).has_value());
  EXPECT_EQ(store->FormatAddress(object).code(), Code::kInvalidAddress);
}

TEST(Stores, NamesTheTypesThatThereAre) {
  const Status unknown = Open({{"blockstore.type", "tape"}});
  EXPECT_EQ(unknown.code(), Code::kInvalidValue);
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("use local, s3, gs or azure"));
  EXPECT_TRUE(
      Open({{"blockstore.type", "mem"}, {"installation.allow_inter_region_storage", "false"}})
          .ok());
}

TEST(Stores, AttemptsAreCountedAsTheyAreSet) {
  const auto attempts = [](const std::string& text) {
    return S3StoreOptions(SettingsOf({{"blockstore.s3.max_retries", text}})).retry.attempts_max;
  };
  EXPECT_EQ(attempts("1"), 1);
  EXPECT_EQ(attempts("0"), 5);
  EXPECT_EQ(attempts("-3"), 5);
  EXPECT_EQ(attempts("4294967297"), std::numeric_limits<int>::max());
}

std::string NoVariables(const char*) { return ""; }

TEST(Stores, DynamoDbTakesWhatCanWork) {
  const auto options = DynamoDbOptions(
      SettingsOf({{"database.dynamodb.table_name", "my.table-1"},
                  {"database.dynamodb.aws_region", "eu-west-1"},
                  {"database.dynamodb.endpoint", "http://127.0.0.1:8000"},
                  {"database.dynamodb.scan_limit", "7"},
                  {"database.dynamodb.max_attempts", "3"},
                  {"database.dynamodb.max_connections", "5"},
                  {"database.dynamodb.health_check_interval", "2s"},
                  {"database.dynamodb.credentials_cache_expiry_window", "10s"},
                  {"database.dynamodb.credentials_cache_expiry_window_jitter_fraction", "0.25"}}),
      NoVariables);
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  EXPECT_EQ(options->table, "my.table-1");
  EXPECT_EQ(options->region, "eu-west-1");
  EXPECT_EQ(options->url, "http://127.0.0.1:8000");
  EXPECT_EQ(options->page_records_max, 7);
  EXPECT_EQ(options->retry.attempts_max, 3);
  EXPECT_EQ(options->connections_max, 5);
  EXPECT_EQ(options->health_check_interval_ms, 2000);
  EXPECT_EQ(options->credential_window_ms, 10'000);
  EXPECT_EQ(options->credential_window_jitter, 0.25);
  const auto usual = DynamoDbOptions(SettingsOf({}), [](const char* name) {
    return std::string(std::string_view(name) == "AWS_REGION" ? "us-west-2" : "");
  });
  ASSERT_TRUE(usual.ok()) << usual.status().ToString();
  EXPECT_EQ(usual->table, "kvstore");
  EXPECT_EQ(usual->region, "us-west-2");
  EXPECT_EQ(usual->page_records_max, 1024);
  EXPECT_EQ(usual->retry.attempts_max, 10);
  const auto keys =
      DynamoDbCredentialOptions(SettingsOf({{"database.dynamodb.aws_access_key_id", "KEY"},
                                            {"database.dynamodb.aws_secret_access_key", "SECRET"},
                                            {"database.dynamodb.aws_profile", "dev"}}),
                                "eu-west-1");
  EXPECT_EQ(keys.fixed.access_key_id, "KEY");
  EXPECT_EQ(keys.fixed.secret_access_key, "SECRET");
  EXPECT_EQ(keys.profile, "dev");
  EXPECT_EQ(keys.region, "eu-west-1");
}

TEST(Stores, DynamoDbRefusesWhatCannotWork) {
  const std::pair<Values, std::string> cases[] = {
      {{{"aws_region", ""}}, "aws_region: name a region here, or in AWS_REGION"},
      {{{"table_name", "no"}}, "table_name: "},
      {{{"table_name", "no slashes/here"}}, "table_name: "},
      {{{"endpoint", "127.0.0.1:8000"}}, "endpoint: expected a URL"},
      {{{"aws_access_key_id", "KEY"}}, "aws_secret_access_key"},
      {{{"aws_secret_access_key", "hush"}}, "aws_access_key_id"},
      {{{"scan_limit", "0"}}, "scan_limit: from 1 to "},
      {{{"max_attempts", "0"}}, "max_attempts: from 1 to "},
      {{{"max_attempts", "3000000000"}}, "max_attempts: from 1 to "},
      {{{"max_connections", "-1"}}, "max_connections: from 0 to "},
      {{{"credentials_cache_expiry_window", "-1s"}}, "credentials_cache_expiry_window: "},
      {{{"credentials_cache_expiry_window_jitter_fraction", "1.5"}},
       "jitter_fraction: from 0 to 1"}};
  for (const auto& [given, text] : cases) {
    Values values = {{"database.type", "dynamodb"}, {"database.dynamodb.aws_region", "eu-west-1"}};
    for (const auto& [key, value] : given) values.emplace_back("database.dynamodb." + key, value);
    const auto options = DynamoDbOptions(SettingsOf(values), NoVariables);
    EXPECT_EQ(options.code(), Code::kInvalidValue) << text;
    EXPECT_THAT(std::string(options.status().message()), HasSubstr(text));
    EXPECT_THAT(std::string(options.status().message()), Not(HasSubstr("hush")));
  }
  const Status opened = ToStatus(
      OpenKv(SettingsOf({{"database.type", "dynamodb"}, {"database.dynamodb.table_name", "/"}})));
  EXPECT_EQ(opened.code(), Code::kInvalidValue);
  EXPECT_THAT(std::string(opened.message()),
              HasSubstr("bad configuration: database.dynamodb.table_name: "));
}

}  // namespace
}  // namespace tarn::server
