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
      {{{"blockstore.s3.pre_signed_expiry", "168h1s"}}, "from 1s to 168h"},
      {{{"installation.allow_inter_region_storage", "false"}}, "allow_inter_region_storage"}};
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

TEST(Stores, NamesTheTypesThatThereAre) {
  const Status future = Open({{"blockstore.type", "transient"}});
  EXPECT_EQ(future.code(), Code::kUnsupported);
  EXPECT_THAT(std::string(future.message()), HasSubstr("use local, s3, gs or azure"));
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

}  // namespace
}  // namespace tarn::server
