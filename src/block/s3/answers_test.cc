#include "block/s3/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "block/s3/failures.h"

namespace tarn::block::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kListing =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
    "<Prefix>f/</Prefix><IsTruncated>true</IsTruncated>"
    "<Contents><Key>f/a+b%2Bc%01%C3%BC</Key><ETag>&#34;9dd4e461268c8034f5c8564e155c67a6&#34;</ETag>"
    "<Size>1</Size><LastModified>2013-05-24T00:00:00.250Z</LastModified></Contents>"
    "<CommonPrefixes><Prefix>f/d%25/</Prefix></CommonPrefixes>"
    "<NextContinuationToken>t%20/+</NextContinuationToken>"
    "<EncodingType>url</EncodingType></ListBucketResult>";

TEST(S3Answers, Listings) {
  const auto listing = ReadListAnswer(kListing);
  ASSERT_TRUE(listing.ok()) << listing.status().ToString();
  ASSERT_EQ(listing->keys.size(), 1u);
  const ListedKey& key = listing->keys[0];
  EXPECT_EQ(key.key, "f/a b+c\x01\xc3\xbc");
  EXPECT_EQ(key.size, 1);
  EXPECT_EQ(key.last_modified, (Timestamp{1'369'353'600, 250'000'000}));
  EXPECT_EQ(key.entity_tag, "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_THAT(listing->prefixes, ElementsAre("f/d%/"));
  EXPECT_EQ(listing->continuation, "t%20/+");
  const auto plain = ReadListAnswer(
      "<ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken>x"
      "</NextContinuationToken><CommonPrefixes><Prefix>a+%41/</Prefix></CommonPrefixes>"
      "</ListBucketResult>");
  ASSERT_TRUE(plain.ok());
  EXPECT_THAT(plain->prefixes, ElementsAre("a+%41/"));
  EXPECT_EQ(plain->continuation, "");
}

TEST(S3Answers, WhatIsCutOffIsNoListing) {
  for (size_t size = 0; size < kListing.size(); ++size) {
    const auto cut = ReadListAnswer(kListing.substr(0, size));
    ASSERT_EQ(cut.code(), Code::kSlowDown) << size;
  }
}

TEST(S3Answers, HostileListings) {
  const auto code = [](std::string_view inside) {
    return ReadListAnswer("<ListBucketResult>" + std::string(inside) + "</ListBucketResult>")
        .code();
  };
  constexpr std::string_view kTime = "<LastModified>2013-05-24T00:00:00Z</LastModified>";
  const auto object = [&](std::string_view fields) {
    return code("<Contents>" + std::string(fields) + std::string(kTime) + "</Contents>");
  };
  EXPECT_EQ(object("<Key>a</Key><Size>9223372036854775807</Size>"), Code::kOk);
  EXPECT_EQ(object("<Key>a</Key><Size>-1</Size>"), Code::kSlowDown);
  EXPECT_EQ(object("<Key>a</Key><Size>9223372036854775808</Size>"), Code::kSlowDown);
  EXPECT_EQ(object("<Key>a</Key><Size>1x</Size>"), Code::kSlowDown);
  EXPECT_EQ(object("<Key>a</Key>"), Code::kSlowDown);
  EXPECT_EQ(object("<Key></Key><Size>1</Size>"), Code::kSlowDown);
  EXPECT_EQ(code("<Contents><Key>a</Key><Size>1</Size></Contents>"), Code::kSlowDown);
  EXPECT_EQ(code("<IsTruncated>true</IsTruncated>"), Code::kSlowDown) << "no way to go on";
  EXPECT_EQ(code("<CommonPrefixes><Prefix>%zz</Prefix></CommonPrefixes><EncodingType>url"
                 "</EncodingType>"),
            Code::kSlowDown);
  EXPECT_EQ(ReadListAnswer("<Error><Code>SlowDown</Code></Error>").code(), Code::kSlowDown);
  EXPECT_EQ(ReadListAnswer("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                           "<ListBucketResult>&e;</ListBucketResult>")
                .code(),
            Code::kSlowDown);
}

TEST(S3Answers, UploadsAndCopies) {
  EXPECT_EQ(*ReadUploadId("<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId>u/1"
                          "</UploadId></InitiateMultipartUploadResult>"),
            "u/1");
  EXPECT_EQ(ReadUploadId("<InitiateMultipartUploadResult/>").code(), Code::kSlowDown);
  for (const std::string root : {"CopyObjectResult", "CopyPartResult"}) {
    const auto copy = ReadCopyAnswer("<" + root +
                                         "><LastModified>2013-05-24T00:00:00.64Z</LastModified>"
                                         "<ETag>&quot;abc&quot;</ETag></" +
                                         root + ">",
                                     "CopyObject", "b/k");
    ASSERT_TRUE(copy.ok());
    EXPECT_EQ(copy->entity_tag, "\"abc\"");
    EXPECT_EQ(copy->last_modified, (Timestamp{1'369'353'600, 640'000'000}));
  }
  EXPECT_EQ(*ReadCompleteAnswer("<CompleteMultipartUploadResult><ETag>&#34;abc-2&#34;</ETag>"
                                "</CompleteMultipartUploadResult>",
                                "b/k"),
            "abc-2");
}

TEST(S3Answers, AFailureMayComeWithStatus200) {
  const std::string_view busy =
      "\n   <Error><Code>InternalError</Code><Message>Try again</Message></Error>";
  const auto completed = ReadCompleteAnswer(busy, "b/k");
  EXPECT_EQ(completed.code(), Code::kSlowDown);
  EXPECT_THAT(std::string(completed.status().message()),
              HasSubstr("S3 CompleteMultipartUpload of b/k: status 200 InternalError: Try again"));
  EXPECT_EQ(ReadCopyAnswer(busy, "CopyObject", "b/k").code(), Code::kSlowDown);
  EXPECT_EQ(ReadCopyAnswer("", "CopyObject", "b/k").code(), Code::kSlowDown);
}

TEST(S3Answers, RemovalsTellWhatFailed) {
  EXPECT_TRUE(ReadDeleteAnswer("<DeleteResult></DeleteResult>", "b").ok());
  EXPECT_TRUE(ReadDeleteAnswer("<DeleteResult><Error><Key>k</Key><Code>NoSuchKey</Code></Error>"
                               "</DeleteResult>",
                               "b")
                  .ok());
  const Status denied = ReadDeleteAnswer(
      "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>k</Key><Code>AccessDenied</Code>"
      "<Message>no</Message></Error></DeleteResult>",
      "b");
  EXPECT_EQ(denied.code(), Code::kIo);
  EXPECT_THAT(std::string(denied.message()), HasSubstr("b/k"));
  EXPECT_EQ(ReadDeleteAnswer("<DeleteResult>", "b").code(), Code::kSlowDown);
}

TEST(S3Answers, WhatIsSent) {
  const std::string keys[] = {"a&b", "c"};
  EXPECT_EQ(WriteDeleteRequest(keys),
            "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a&amp;b</Key>"
            "</Object><Object><Key>c</Key></Object><Quiet>true</Quiet></Delete>");
  const PartTag parts[] = {{1, "\"x\""}};
  EXPECT_EQ(WriteCompleteRequest(parts),
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part>"
            "<ETag>&#34;x&#34;</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>");
}

struct FailureCase {
  int status;
  std::string_view name;
  Code code;
};

TEST(S3Failures, TellWhetherAskingAgainHelps) {
  const FailureCase cases[] = {
      {404, "", Code::kDataNotFound},
      {404, "NoSuchKey", Code::kDataNotFound},
      {404, "NoSuchBucket", Code::kIo},
      {404, "NoSuchUpload", Code::kNotFound},
      {403, "", Code::kIo},
      {403, "AccessDenied", Code::kIo},
      {403, "RequestTimeTooSkewed", Code::kIo},
      {400, "ExpiredToken", Code::kSlowDown},
      {400, "RequestTimeout", Code::kSlowDown},
      {400, "InvalidArgument", Code::kIo},
      {409, "", Code::kSlowDown},
      {409, "BucketNotEmpty", Code::kIo},
      {412, "", Code::kPreconditionFailed},
      {416, "InvalidRange", Code::kRangeUnsatisfiable},
      {429, "", Code::kSlowDown},
      {500, "", Code::kSlowDown},
      {500, "SomethingNew", Code::kSlowDown},
      {501, "NotImplemented", Code::kUnsupported},
      {503, "SlowDown", Code::kSlowDown},
      {200, "InternalError", Code::kSlowDown},
  };
  for (const FailureCase& c : cases) {
    const Status status = ToStatus({c.status, std::string(c.name), ""}, "GetObject", "b/k");
    EXPECT_EQ(status.code(), c.code) << c.status << c.name;
  }
}

TEST(S3Failures, HaveASentence) {
  const Failure failure =
      ReadFailure(403, "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>");
  EXPECT_EQ(ToStatus(failure, "GetObject", "b/k").message(),
            "S3 GetObject of b/k: status 403 AccessDenied: Access Denied. (the credentials are not "
            "allowed to do that; where the bucket is another account's, its policy has to allow it "
            "too)");
  for (const std::string_view body : {"", "<html>", "<html>busy</html>", "<Error>", "\xff"}) {
    EXPECT_EQ(ToStatus(ReadFailure(502, body), "GetObject", "b/k").message(),
              "S3 GetObject of b/k: status 502");
  }
}

}  // namespace
}  // namespace tarn::block::s3
