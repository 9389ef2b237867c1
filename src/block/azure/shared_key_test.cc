#include "block/azure/shared_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tarn::block::azure {
namespace {

// The documented key of emulators.
constexpr std::string_view kKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

// The first example of "Authorize with Shared Key".
TEST(SharedKey, SignsWhatTheReferenceSays) {
  const Pairs headers = {{"x-ms-version", "2015-02-21"},
                         {"X-Ms-Date", "Fri, 26 Jun 2015 23:39:12 GMT"},
                         {"Host", "myaccount.blob.core.windows.net"}};
  const Pairs query = {{"restype", "container"}, {"timeout", "20"}, {"comp", "metadata"}};
  EXPECT_EQ(StringToSign("myaccount", {"GET", "/mycontainer", query, headers}),
            "GET\n\n\n\n\n\n\n\n\n\n\n\n"
            "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
            "x-ms-version:2015-02-21\n"
            "/myaccount/mycontainer\n"
            "comp:metadata\n"
            "restype:container\n"
            "timeout:20");
}

// Computed with the official library of the service (azure-storage-blob 12.31).
TEST(SharedKey, SignsAsTheOfficialLibrary) {
  const SharedKey key = ReadSharedKey("devstoreaccount1", kKey).value();
  const Pairs dated = {{"x-ms-date", "Fri, 02 Jan 2026 03:04:05 GMT"},
                       {"x-ms-version", "2021-12-02"}};
  const Pairs listed = {{"restype", "container"}, {"comp", "list"}, {"prefix", "a b"}};
  EXPECT_EQ(Authorization(key, {"GET", "/container", listed, dated}),
            "SharedKey devstoreaccount1:cJSVc0C6HOtMCCqo0Wlix1QqhMJg8HjeHJg5n0QpKkI=");
  Pairs headers = dated;
  headers.insert(headers.end(), {{"x-ms-blob-type", "BlockBlob"},
                                 {"Content-Type", "application/octet-stream"},
                                 {"If-Match", "\"0x8\""}});
  const Pairs block = {{"comp", "block"}, {"blockid", "AAAA=="}};
  EXPECT_EQ(Authorization(key, {"PUT", "/container/a%20b%2541", block, headers, 11}),
            "SharedKey devstoreaccount1:TfkigKG6uJsJtTgfZgZ5J+vkskYZ+x+lv2oEHZtO9oI=");
}

TEST(SharedKey, DoesNotRepeatAKeyThatIsNone) {
  for (const std::string_view bad : {"", "not base64!", "YWJj\n"}) {
    const auto key = ReadSharedKey("account", bad);
    EXPECT_EQ(key.code(), Code::kInvalidValue);
    EXPECT_EQ(key.status().message(), "the key of the storage account is not base64");
  }
}

}  // namespace
}  // namespace tarn::block::azure
