#include "block/azure/answers.h"

#include <gtest/gtest.h>

#include "block/azure/failures.h"

namespace tarn::block::azure {
namespace {

constexpr std::string_view kTime = "Fri, 24 May 2013 00:00:00 GMT";

std::string BlobOf(const std::string& name, const std::string& more) {
  return "<Blob>" + name + "<Properties><Last-Modified>" + std::string(kTime) +
         "</Last-Modified><Etag>0x8D</Etag>" + more + "</Properties></Blob>";
}
std::string ListOf(const std::string& blobs, const std::string& marker = "<NextMarker/>") {
  return "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>" +
         blobs + "</Blobs>" + marker + "</EnumerationResults>";
}

TEST(AzureAnswers, ReadsListings) {
  const auto answer = ReadListAnswer(ListOf(
      BlobOf("<Name>a &amp; b</Name>",
             "<Content-Length>5</Content-Length>"
             "<Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==</Content-MD5>") +
          BlobOf("<Name Encoded=\"true\">x%EF%BF%BE%25</Name>",
                 "<Content-Length>0</Content-Length><Content-MD5/>") +
          "<Blob><Name>folder</Name><Properties><Content-Length>0</Content-Length></Properties>"
          "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>",
      "<NextMarker>2!80!x</NextMarker>"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->continuation, "2!80!x");
  ASSERT_EQ(answer->keys.size(), 2u);
  EXPECT_EQ(answer->keys[0].key, "a & b");
  EXPECT_EQ(answer->keys[0].size, 5);
  EXPECT_EQ(answer->keys[0].last_modified.seconds, 1369353600);
  EXPECT_EQ(answer->keys[0].entity_tag, "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(answer->keys[1].key, "x\xef\xbf\xbe%");
  EXPECT_EQ(answer->keys[1].entity_tag, "0x8D");
}

TEST(AzureAnswers, RefusesOtherDocuments) {
  const std::string size = "<Content-Length>1</Content-Length>", name = "<Name>a</Name>";
  for (const std::string& bad :
       {std::string(), std::string("<x/>"), std::string("<EnumerationResults>"),
        ListOf(BlobOf(name, "")), ListOf(BlobOf("", size)),
        ListOf(BlobOf(name, "<Content-Length>-1</Content-Length>")),
        ListOf(BlobOf("<Name Encoded=\"true\">%z</Name>", size)), ListOf(BlobOf(name, size), "")}) {
    EXPECT_EQ(ReadListAnswer(bad).code(), Code::kSlowDown) << bad;
  }
  EXPECT_EQ(ReadBlockList("<x/>").code(), Code::kSlowDown);
  EXPECT_EQ(ReadDelegationKey("<UserDelegationKey/>").code(), Code::kSlowDown);
}

TEST(AzureAnswers, ListsOfBlocksGoBothWays) {
  const std::vector<std::string> ids = {"AAA=", "AAE="};
  EXPECT_EQ(WriteBlockList(ids),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>AAA=</Latest>"
            "<Latest>AAE=</Latest></BlockList>");
  EXPECT_EQ(ReadBlockList("<BlockList><CommittedBlocks><Block><Name>AAA=</Name><Size>1</Size>"
                          "</Block><Block><Name>AAE=</Name></Block></CommittedBlocks>"
                          "<UncommittedBlocks><Block><Name>x</Name></Block></UncommittedBlocks>"
                          "</BlockList>")
                .value(),
            ids);
}

TEST(AzureAnswers, TagsOfImports) {
  EXPECT_EQ(ImportTagOf("1B2M2Y8AsgTpgAmY7PhCfg==", "\"x\""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(ImportTagOf("", " \"0x8\" "), "0x8");
  EXPECT_EQ(ImportTagOf("?", ""), "");
}

TEST(AzureFailures, AreToldApart) {
  const auto code = [](int status, std::string_view name) {
    return ToStatus(ReadFailure(status, name, ""), "Get Blob", "a/c/x").code();
  };
  EXPECT_EQ(code(404, "BlobNotFound"), Code::kDataNotFound);
  EXPECT_EQ(code(404, ""), Code::kDataNotFound);
  EXPECT_EQ(code(404, "ContainerNotFound"), Code::kIo);
  EXPECT_EQ(code(409, "BlobAlreadyExists"), Code::kPreconditionFailed);
  EXPECT_EQ(code(412, "ConditionNotMet"), Code::kPreconditionFailed);
  EXPECT_EQ(code(416, "InvalidRange"), Code::kRangeUnsatisfiable);
  EXPECT_EQ(code(400, "InvalidBlockList"), Code::kNotFound);
  EXPECT_EQ(code(503, "ServerBusy"), Code::kSlowDown);
  EXPECT_EQ(code(500, "SomethingNew"), Code::kSlowDown);
  EXPECT_EQ(code(429, ""), Code::kSlowDown);
  EXPECT_EQ(code(403, "AuthenticationFailed"), Code::kIo);
  EXPECT_EQ(code(501, ""), Code::kUnsupported);
}

TEST(AzureFailures, SayWhatTheStoreSaid) {
  const Status status = ToStatus(
      ReadFailure(403, "",
                  "<Error><Code>AuthenticationFailed</Code><Message>Signature did not match.\n"
                  "RequestId:1</Message><AuthenticationErrorDetail>what was signed"
                  "</AuthenticationErrorDetail></Error>"),
      "Get Blob", "a/c/x");
  EXPECT_EQ(
      status.message(),
      "Azure Get Blob of a/c/x: status 403 AuthenticationFailed: Signature did not match. (check "
      "blockstore.azure.storage_account and storage_access_key, or the identity, and the clock "
      "of this machine)");
}

}  // namespace
}  // namespace tarn::block::azure
