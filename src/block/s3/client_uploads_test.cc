#include "block/s3/client_uploads.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "block/layers/retry_store.h"
#include "block/s3/s3_store.h"
#include "block/s3/testing/scripted_s3.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::block {
namespace {

using s3::Asked;
using s3::XmlAnswer;

std::unique_ptr<RetryStore> StoreAt(const std::string& url, bool with_multipart = true) {
  S3StoreOptions options;
  options.client = s3::OptionsFor(url);
  options.retry = s3::RetryAtOnce(2);
  options.pre_signed_multipart = with_multipart;
  return std::make_unique<RetryStore>(
      std::make_unique<S3Store>(options, std::make_unique<s3::TestKeys>(), SystemClock(),
                                SystemRandom()),
      options.retry, SystemRandom());
}

const ObjectPointer kObject{"s3://bucket", "key"};

TEST(S3ClientUploads, AreThereUnlessTurnedOff) {
  EXPECT_NE(StoreAt("http://127.0.0.1:1")->client_uploads(), nullptr);
  const auto without = StoreAt("http://127.0.0.1:1", false);
  EXPECT_EQ(without->client_uploads(), nullptr);
  EXPECT_FALSE(without->info().presign_multipart_support);
}

TEST(S3ClientUploads, UrlsNameUploadAndPart) {
  const auto store = StoreAt("http://127.0.0.1:1");
  const auto url = store->client_uploads()->PresignPart({kObject, "an id&"}, 7);
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_NE(url->url.find("/bucket/key?"), std::string::npos);
  EXPECT_NE(url->url.find("partNumber=7"), std::string::npos);
  EXPECT_NE(url->url.find("uploadId=an%20id%26"), std::string::npos);
}

TEST(S3ClientUploads, ACompletionWhoseAnswerWasLostIsFound) {
  const std::string part = ToHex(AsView(Md5("part")));
  const std::string whole = ToHex(AsView(Md5(FromHex(part).value()))) + "-1";
  std::string stored_tag = whole;
  s3::ScriptedS3 server({"/bucket/key"}, [&](const Asked& asked) {
    if (asked.method == "POST") return XmlAnswer("<Error><Code>NoSuchUpload</Code></Error>", 404);
    if (stored_tag.empty()) return http::Text("", 404);
    http::Response response;
    response.Add("ETag", "\"" + stored_tag + "\"");
    response.Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    response.announced_length = 4;
    return response;
  });
  const auto store = StoreAt(server.url());
  const std::vector<PartTag> parts = {{1, "\"" + part + "\""}};
  const auto found = store->client_uploads()->Complete({kObject, "u"}, parts);
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->size, 4);
  EXPECT_EQ(found->entity_tag, "\"" + whole + "\"");
  for (const std::string other : {"", "0123456789abcdef0123456789abcdef"}) {
    stored_tag = other;
    EXPECT_EQ(store->client_uploads()->Complete({kObject, "u"}, parts).code(), Code::kNotFound);
  }
}

TEST(S3ClientUploads, PartsThatTheStoreLacksAreItsFailure) {
  s3::ScriptedS3 server({"/bucket/key"}, [](const Asked&) {
    return XmlAnswer("<Error><Code>InvalidPart</Code><Message>which?</Message></Error>", 400);
  });
  const std::vector<PartTag> parts = {{1, "x"}};
  const auto made = StoreAt(server.url())->client_uploads()->Complete({kObject, "u"}, parts);
  EXPECT_EQ(made.code(), Code::kIo);
  EXPECT_NE(made.status().message().find("which?"), std::string::npos);
}

TEST(S3ClientUploads, ClassesOfStorageAreTold) {
  std::string storage_class;
  s3::ScriptedS3 server({"/bucket/key"}, [&](const Asked&) {
    http::Response response;
    if (!storage_class.empty()) response.Add("x-amz-storage-class", storage_class);
    return response;
  });
  const auto store = StoreAt(server.url());
  EXPECT_EQ(store->StorageClass(kObject).value(), "");
  storage_class = "GLACIER";
  EXPECT_EQ(store->StorageClass(kObject).value(), "GLACIER");
}

}  // namespace
}  // namespace tarn::block
