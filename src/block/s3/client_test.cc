#include "block/s3/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/blocking.h"
#include "block/s3/object_ranges.h"
#include "block/s3/testing/scripted_s3.h"

namespace tarn::block::s3 {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Place kPlace{"bucket", "a b"};
const std::vector<std::string> kPaths = {"/bucket/", "/bucket/a%20b"};

http::Response WithRegion(std::string_view region, int status) {
  http::Response response = XmlAnswer(
      "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>", status);
  response.Add("x-amz-bucket-region", region);
  return response;
}

TEST(S3Client, SignsWhatItSends) {
  ScriptedS3 server(kPaths, [](const Asked&) { return http::Text("whole"); });
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
  const auto body = client.Call({.operation = "PutObject",
                                 .method = "PUT",
                                 .place = kPlace,
                                 .query = {{"x-id", "PutObject"}},
                                 .headers = {{"If-None-Match", "*"}},
                                 .body = "bytes"});
  ASSERT_TRUE(body.ok()) << body.status().ToString();
  EXPECT_EQ(*body, "whole");
  const Asked asked = server.asked().at(0);
  EXPECT_EQ(asked.body, "bytes");
  EXPECT_EQ(asked.Get("x-amz-security-token"), "session-token");
  EXPECT_THAT(asked.Get("Authorization"),
              HasSubstr("/us-east-1/s3/aws4_request, SignedHeaders=host;if-none-match;"
                        "x-amz-content-sha256;x-amz-date;x-amz-security-token, "));
}

TEST(S3Client, AsksForTheRegionOnce) {
  ScriptedS3 server(kPaths, [](const Asked& asked) {
    return asked.method == "HEAD" ? WithRegion("eu-west-1", 403) : http::Text("");
  });
  ClientOptions options = OptionsFor(server.url());
  options.discover_regions = true;
  Client client(options, std::make_unique<TestKeys>(), 0, SystemClock());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Call({.operation = "GetObject", .place = kPlace}).ok());
  }
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_EQ(asked[0].Get("Authorization"), "");
  for (int i = 1; i < 4; ++i) EXPECT_THAT(asked[i].Get("Authorization"), HasSubstr("/eu-west-1/"));
}

TEST(S3Client, TellsTheRegionOfABucket) {
  std::string region = "eu-west-1";
  ScriptedS3 server(kPaths, [&](const Asked&) { return WithRegion(region, 403); });
  // Whatever requests are signed for.
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
  EXPECT_EQ(client.FindRegion("bucket").value(), "eu-west-1");
  region = "";
  EXPECT_EQ(client.FindRegion("bucket").code(), Code::kIo);
  Client away(OptionsFor("http://127.0.0.1:1"), std::make_unique<TestKeys>(), 0, SystemClock());
  EXPECT_FALSE(away.FindRegion("bucket").ok());
}

TEST(S3Client, LearnsTheRegionFromARefusal) {
  ScriptedS3 server(kPaths, [](const Asked& asked) {
    const bool is_right = asked.Get("Authorization").find("/eu-west-1/") != std::string::npos;
    return asked.method == "GET" && is_right ? http::Text("") : WithRegion("eu-west-1", 301);
  });
  ClientOptions options = OptionsFor(server.url());
  Client fixed(options, std::make_unique<TestKeys>(), 0, SystemClock());
  EXPECT_EQ(
      fixed.Call({.operation = "GetObject", .place = kPlace}).status().message(),
      "S3 GetObject of bucket/a b: status 301 PermanentRedirect: elsewhere (the bucket lies in "
      "another region: name that in blockstore.s3.region, or set "
      "blockstore.s3.discover_bucket_region)");
  options.discover_regions = true;
  Client client(options, std::make_unique<TestKeys>(), 0, SystemClock());
  EXPECT_TRUE(client.Call({.operation = "GetObject", .place = kPlace}).ok());
}

TEST(S3Client, ExpiredKeysAreReplaced) {
  int fetched = 0;
  ScriptedS3 server(kPaths, [](const Asked& asked) {
    if (asked.Get("Authorization").find("KEY1") == std::string::npos) return http::Text("");
    return XmlAnswer("<Error><Code>ExpiredToken</Code></Error>", 400);
  });
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(&fetched), 0, SystemClock());
  const auto expired = client.Call({.operation = "GetObject", .place = kPlace});
  EXPECT_EQ(expired.code(), Code::kSlowDown);
  EXPECT_TRUE(client.Call({.operation = "GetObject", .place = kPlace}).ok());
  EXPECT_EQ(fetched, 2);
}

TEST(S3Client, ABusyStoreIsBusyWhateverItSays) {
  int status = 503;
  ScriptedS3 server(kPaths,
                    [&](const Asked&) { return http::Text(std::string(100 << 10, 'x'), status); });
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
  const auto busy = client.Call({.operation = "GetObject", .place = kPlace});
  EXPECT_EQ(busy.code(), Code::kSlowDown);
  EXPECT_EQ(busy.status().message(), "S3 GetObject of bucket/a b: status 503");
  status = 403;
  EXPECT_EQ(client.Call({.operation = "GetObject", .place = kPlace}).code(), Code::kIo);
}

TEST(S3Client, FailuresNameNoSecrets) {
  Client client(OptionsFor("http://127.0.0.1:1"), std::make_unique<TestKeys>(), 0, SystemClock());
  const auto answer =
      client.Call({.operation = "GetObject", .place = kPlace, .query = {{"uploadId", "hidden"}}});
  EXPECT_EQ(answer.code(), Code::kSlowDown);
  for (const std::string secret : {"very-secret", "session-token", "KEY1", "hidden"}) {
    EXPECT_THAT(answer.status().ToString(), Not(HasSubstr(secret)));
  }
  const NoBlockingScope scope;
  EXPECT_EQ(client.Call({.operation = "GetObject", .place = kPlace}).code(), Code::kWouldBlock);
}

TEST(S3Client, PresignsForAnotherEndpoint) {
  ClientOptions options = OptionsFor("http://127.0.0.1:1");
  options.presign_endpoint = "https://public.store";
  Client client(options, std::make_unique<TestKeys>(), 0, SystemClock());
  const auto made = client.Presign(
      {.operation = "Presign", .place = kPlace, .query = {{"x-id", "GetObject"}}}, 900);
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->url, testing::StartsWith("https://public.store/bucket/a%20b?x-id=GetObject&"));
  EXPECT_THAT(made->url, HasSubstr("X-Amz-Expires=900&X-Amz-Security-Token=session-token&"));
  EXPECT_NEAR(static_cast<double>(made->expires_seconds),
              static_cast<double>(SystemClock().Now().seconds + 900), 2);
}

struct RangeCase {
  ByteRange range;
  std::string header, content_range, body;
};

TEST(S3Ranges, AreCheckedAgainstTheAnswer) {
  const RangeCase good[] = {
      {{}, "", "", "0123456789"},
      {{2, {}}, "bytes=2-", "bytes 2-9/10", "23456789"},
      {{2, 3}, "bytes=2-4", "bytes 2-4/10", "234"},
      {{8, 100}, "bytes=8-107", "bytes 8-9/10", "89"},
      {ByteRange::Last(4), "bytes=-4", "bytes 6-9/10", "6789"},
      {ByteRange::Last(40), "bytes=-40", "bytes 0-9/10", "0123456789"},
      {{-4, 2}, "bytes=-4", "bytes 6-9/10", "67"},
  };
  const RangeCase* current = nullptr;
  std::string content_range, sent;
  ScriptedS3 server(kPaths, [&](const Asked& asked) {
    EXPECT_EQ(asked.Get("Range"), current->header);
    http::Response response = http::Text(sent, content_range.empty() ? 200 : 206);
    if (!content_range.empty()) response.Add("Content-Range", content_range);
    return std::move(response.Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT"));
  });
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
  const auto read = [&](const RangeCase& range) -> Result<std::string> {
    current = &range;
    S3Ranges source(client, {"bucket", "a b"});
    TARN_TRY_ASSIGN(const auto stream, remote::RangeStream::Open(source, range.range, ""));
    EXPECT_EQ(stream->properties().size, 10);
    EXPECT_EQ(stream->properties().last_modified.seconds, 1'369'353'600);
    std::string all;
    char piece[3];
    for (;;) {
      TARN_TRY_ASSIGN(const size_t got, stream->Read(piece));
      if (got == 0) return all;
      all.append(piece, got);
    }
  };
  for (const RangeCase& range : good) {
    content_range = range.content_range;
    sent = range.content_range.empty() ? range.body : range.range.length == 2 ? "6789" : range.body;
    const auto got = read(range);
    ASSERT_TRUE(got.ok()) << range.header << got.status().ToString();
    EXPECT_EQ(*got, range.body) << range.header;
  }
  sent = "234";
  for (const std::string_view wrong :
       {"bytes 3-4/10", "bytes 2-3/10", "bytes 2-4/*", "bytes 2-4", "2-4/10", "bytes 4-2/10",
        "bytes 2-10/10", "bytes -2-4/10", "bytes 99999999999999999999-4/10", ""}) {
    content_range = wrong;
    EXPECT_EQ(read(good[2]).code(), Code::kIo) << wrong;
  }
}

}  // namespace
}  // namespace tarn::block::s3
