#include "block/azure/location.h"

#include <gtest/gtest.h>

namespace tarn::block::azure {
namespace {

constexpr std::string_view kBase = "https://account1.blob.core.windows.net/";

std::string Text(const Result<Location>& location) {
  return location.ok() ? TextOf(location->place()) : location.status().ToString();
}
std::string Of(std::string_view storage_namespace, std::string_view address,
               AddressType type = AddressType::kRelative) {
  return Text(LocationOf({storage_namespace, address, type}, kPublicDomain));
}
std::string Full(std::string_view address) { return Of("", address, AddressType::kFull); }
std::string OfSource(std::string_view uri) { return Text(LocationOfSource(uri, kPublicDomain)); }

TEST(AzureLocation, RelativeAddressesAreNamesAsTheyAre) {
  const std::string base(kBase);
  EXPECT_EQ(Of(base + "container1/repo1", "x"), "account1/container1/repo1/x");
  EXPECT_EQ(Of(base + "container1/repo1/", "x%41 y"), "account1/container1/repo1/x%41 y");
  EXPECT_EQ(Of(base + "container1", "/x"), "account1/container1//x");
  EXPECT_EQ(Of(base + "container1//repo", "x"), "account1/container1//repo/x");
  EXPECT_EQ(Of(base + "container1/a%20b%2541?c=d", "x"), "account1/container1/a b%41/x");
}

TEST(AzureLocation, FullAddressesAreUrls) {
  const std::string base(kBase);
  EXPECT_EQ(Full(base + "c/a%20b/%2541?sv=1"), "account1/c/a b/%41");
  EXPECT_EQ(Full(base + "c/dir/"), "account1/c/dir/");
  EXPECT_EQ(Of(base + "c", base + "d/x", AddressType::kByPrefixDeprecated), "account1/d/x");
  EXPECT_EQ(Of(base + "c", "data/x", AddressType::kByPrefixDeprecated), "account1/c/data/x");
  EXPECT_EQ(Of(base + "c", "/x", AddressType::kByPrefixDeprecated), "account1/c//x");
  EXPECT_EQ(Full(base + "c/dir/?x"), "account1/c/dir/");
}

TEST(AzureLocation, OthersAreRefused) {
  const std::string base(kBase);
  for (const std::string_view other : {"s3://b/x", "gs://b", "local://b", "b", ""}) {
    EXPECT_EQ(LocationOf({other, "x"}, kPublicDomain).code(), Code::kInvalidAddress) << other;
  }
  for (const std::string_view other :
       {"http://account1.blob.core.windows.net/c/x", "https://account1.blob.core.windows.net/",
        "https://a/c", "https://account1.blob.core.chinacloudapi.cn/c/x",
        "https://account1.blob.core.windows.net/../x",
        "https://account1.blob.core.windows.net.example.com/c/x"}) {
    EXPECT_EQ(LocationOf({other, "x"}, kPublicDomain).code(), Code::kIo) << other;
  }
  const std::string ns = base + "c/p";
  for (const std::string_view address : {"../x", "a/../../x", "..", "./x", "a/.", ""}) {
    EXPECT_EQ(LocationOf({ns, address}, kPublicDomain).code(), Code::kAddressBlocked) << address;
  }
  EXPECT_EQ(LocationOf({"", base + "c/../d/x", AddressType::kFull}, kPublicDomain).code(),
            Code::kAddressBlocked);
  EXPECT_EQ(LocationOf({"", base + "c/%2e%2e/x", AddressType::kFull}, kPublicDomain).code(),
            Code::kAddressBlocked);
  EXPECT_EQ(LocationOf({"", base + "c/%zz", AddressType::kFull}, kPublicDomain).code(),
            Code::kInvalidAddress);
}

TEST(AzureLocation, SourcesAreThoseOfTheReference) {
  const std::string base(kBase);
  EXPECT_EQ(OfSource(base + "c/nested/?sv=1&sig=x"), "account1/c/nested/");
  EXPECT_EQ(OfSource(base + "c"), "account1/c");
  EXPECT_EQ(OfSource(base + "c/a-b_c,d/"), "account1/c/a-b_c,d/");
  const std::string no_url = "invalid address: invalid Azure storage URL";
  for (const std::string_view bad :
       {"https://account1.blob.core.windows.net/c/x.txt",
        "https://account1.blob.core.windows.net/c/with space/",
        "https://account1.blob.core.windows.net/c/with%20space/",
        "https://account1.blob.core.windows.net/", "http://account1.blob.core.windows.net/c/"}) {
    EXPECT_EQ(OfSource(bad), no_url) << bad;
  }
  EXPECT_EQ(OfSource("https://account1.dfs.core.windows.net/c/"),
            "invalid address: domain mismatch! expected: blob.core.windows.net, got: "
            "dfs.core.windows.net. invalid Azure Domain");
  EXPECT_EQ(OfSource("s3://b/x"), "invalid address: expected storage type https: invalid address");
}

TEST(AzureLocation, IsWrittenAsPlaceAndAsUrl) {
  const Location location{"account1", "c", "a b%/\xc3\xbc"};
  EXPECT_EQ(PlaceOf(location, "azurite.test"), "https://account1.azurite.test/c/a b%/\xc3\xbc");
  EXPECT_EQ(UriOf(location, "azurite.test"), "https://account1.azurite.test/c/a%20b%25/%C3%BC");
}

TEST(AzureEndpoint, IsOfTheAccountOrOfAnEmulator) {
  const auto text = [](const Result<Endpoint>& endpoint) {
    return endpoint.ok() ? endpoint->server + " " + endpoint->host + " " + endpoint->path
                         : endpoint.status().ToString();
  };
  EXPECT_EQ(text(EndpointOf("a", kChinaDomain, "")),
            "https://a.blob.core.chinacloudapi.cn a.blob.core.chinacloudapi.cn ");
  EXPECT_EQ(text(EndpointOf("a", kPublicDomain, "http://127.0.0.1:10000/devstoreaccount1/")),
            "http://127.0.0.1:10000 127.0.0.1:10000 /devstoreaccount1");
  EXPECT_EQ(EndpointOf("a", kPublicDomain, "ftp://x").code(), Code::kInvalidValue);
  EXPECT_TRUE(CheckDomain("blob.core.usgovcloudapi.net").ok());
  EXPECT_EQ(CheckDomain("example.com").message(), "invalid Azure Domain");
}

}  // namespace
}  // namespace tarn::block::azure
