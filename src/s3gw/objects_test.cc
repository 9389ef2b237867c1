// What objects say in headers: user metadata, sources of copies, conditions of reads and writes.
#include <gtest/gtest.h>

#include "s3gw/copy_source.h"
#include "s3gw/read_conditions.h"
#include "s3gw/user_metadata.h"
#include "s3gw/write_checks.h"

namespace tarn::s3gw {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

http::RequestHead Head(Headers headers) {
  http::RequestHead head;
  head.headers = std::move(headers);
  return head;
}

std::string Shown(const Metadata& metadata) {
  http::Response response;
  AddUserMetadata(metadata, &response);
  return response.headers;
}

TEST(UserMetadata, GoesInAndOut) {
  auto read = ReadUserMetadata(Head({{"x-amz-meta-Color", "Blue"},
                                     {"Content-Type", "text/plain"},
                                     {"X-Amz-Meta-size", "10 cm"},
                                     {"x-amz-meta-empty", ""},
                                     {"x-amz-meta-color", "red"},
                                     {"x-amz-meta-", "nameless"},
                                     {"x-amz-meta-a(b)", "not a name"},
                                     {"x-amz-metadata-directive", "COPY"}}));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, (Metadata{{"X-Amz-Meta-color", "Blue"},
                             {"X-Amz-Meta-size", "10 cm"},
                             {"X-Amz-Meta-empty", ""}}));
  EXPECT_EQ(Shown(*read),
            "X-Amz-Meta-Color: Blue\r\nX-Amz-Meta-Empty: \r\nX-Amz-Meta-Size: 10 cm\r\n");
}

TEST(UserMetadata, HoldsAnyLanguage) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"gr\u00fcn \u65e5\u672c", "=?utf-8?q?gr=C3=BCn_=E6=97=A5=E6=9C=AC?="},
      {"=?UTF-8?B?Z3LDvG4=?=", "=?utf-8?q?gr=C3=BCn?="},
      {"=?ISO-8859-1?Q?gr=FCn?=", "=?utf-8?q?gr=C3=BCn?="}};
  for (const auto& [sent, shown] : cases) {
    auto read = ReadUserMetadata(Head({{"x-amz-meta-name", sent}}));
    ASSERT_TRUE(read.ok()) << sent;
    EXPECT_EQ(Shown(*read), "X-Amz-Meta-Name: " + std::string(shown) + "\r\n");
  }
  for (const std::string_view sent : {"=?KOI8-R?B?9MXT1A==?=", "\xff", "=?utf-8?q?=FF?="}) {
    const auto read = ReadUserMetadata(Head({{"x-amz-meta-name", sent}}));
    ASSERT_FALSE(read.ok()) << sent;
    EXPECT_EQ(read.failure().error, Error::kInvalidHeaderValue);
  }
}

TEST(UserMetadata, IsLimited) {
  const std::string value(kUserMetadataBytesMax - 4, 'v'), more = value + "v";
  EXPECT_TRUE(ReadUserMetadata(Head({{"x-amz-meta-abcd", value}})).ok());
  const auto read = ReadUserMetadata(Head({{"x-amz-meta-abcd", more}}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.failure().error, Error::kMetadataTooLarge);
}

TEST(UserMetadata, ShowsOnlyItsOwn) {
  EXPECT_EQ(Shown({{"plain", "1"}, {"x-amz-meta-lower", "2"}, {"X-Amz-Meta-two-WORDS", "3"}}),
            "X-Amz-Meta-Two-Words: 3\r\n");
  EXPECT_EQ(Shown({{"X-Amz-Meta-\u00fc", "1"}, {"X-Amz-Meta-a b", "2"}, {"X-Amz-Meta-x", "3"}}),
            "X-Amz-Meta-X: 3\r\nX-Amz-Missing-Meta: 2\r\n");
}

TEST(CopySource, IsRepositoryRefAndPath) {
  struct Case {
    std::string_view header, repository, ref, path;
  };
  const Case cases[] = {{"/repo/main/src", "repo", "main", "src"},
                        {"repo/main/a/b", "repo", "main", "a/b"},
                        {"///repo/main@/src", "repo", "main@", "src"},
                        {"/repo/main/sp%20ace", "repo", "main", "sp ace"},
                        {"/repo/main/sp+ace", "repo", "main", "sp ace"},
                        {"/repo/main/pl%2Bus", "repo", "main", "pl+us"},
                        {"/repo/main/pct%2520x", "repo", "main", "pct%20x"},
                        {"/repo/main/pct%zz+", "repo", "main", "pct%zz+"},
                        {"%2Frepo%2Fmain%2Fsrc", "repo", "main", "src"},
                        {"repo/main/", "repo", "main", ""},
                        {"repo//x", "repo", "", "x"},
                        {"/repo/main/src?versionId=null", "repo", "main", "src"},
                        {"/repo/main/src%3FversionId=a", "repo", "main", "src?versionId=a"}};
  for (const Case& c : cases) {
    const auto source = ReadCopySource(c.header);
    ASSERT_TRUE(source.ok()) << c.header;
    EXPECT_EQ(source->repository, c.repository) << c.header;
    EXPECT_EQ(source->ref, c.ref) << c.header;
    EXPECT_EQ(source->path, c.path) << c.header;
  }
  for (const std::string_view header : {"", "/", "src", "/repo/main"}) {
    const auto source = ReadCopySource(header);
    ASSERT_FALSE(source.ok()) << header;
    EXPECT_EQ(source.failure().error, Error::kInvalidCopySource);
  }
}

TEST(CopySource, HasTheOneVersion) {
  EXPECT_EQ(ReadCopySource("/repo/main/src?versionId=x").failure().error, Error::kNoSuchVersion);
  EXPECT_EQ(ReadCopySource("/repo/main/src?versionId=").failure().error, Error::kInvalidArgument);
}

TEST(ReadConditions, AreJudgedInOrder) {
  const Validators object{"\"abc\"", 784111777};
  const std::string_view past = "Sun, 06 Nov 1994 08:49:36 GMT",
                         now = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr auto kSend = ReadVerdict::kSend, kNot = ReadVerdict::kNotModified,
                 kUnfulfilled = ReadVerdict::kUnfulfilled;
  const std::pair<Headers, ReadVerdict> cases[] = {
      {{}, kSend},
      {{{"If-Match", "\"abc\""}}, kSend},
      {{{"If-Match", "abc"}}, kSend},
      {{{"If-Match", "\"x\" , \"abc\""}}, kSend},
      {{{"If-Match", "*"}}, kSend},
      {{{"If-Match", "\"x\""}}, kUnfulfilled},
      {{{"If-Match", ""}}, kUnfulfilled},
      {{{"If-None-Match", "\"x\", W/\"abc\""}}, kNot},
      {{{"If-None-Match", "*"}}, kNot},
      {{{"If-None-Match", "\"x\""}}, kSend},
      {{{"If-Modified-Since", now}}, kNot},
      {{{"If-Modified-Since", past}}, kSend},
      {{{"If-Modified-Since", "yesterday"}}, kSend},
      {{{"If-Unmodified-Since", now}}, kSend},
      {{{"If-Unmodified-Since", past}}, kUnfulfilled},
      {{{"If-Match", "\"abc\""}, {"If-Unmodified-Since", past}}, kSend},
      {{{"If-None-Match", "\"x\""}, {"If-Modified-Since", now}}, kSend},
      {{{"If-Match", "\"x\""}, {"If-None-Match", "\"abc\""}}, kUnfulfilled}};
  for (const auto& [headers, verdict] : cases) {
    const std::string shown =
        headers.empty() ? ""
                        : std::string(headers[0].first) + ": " + std::string(headers[0].second);
    EXPECT_EQ(CheckReadConditions(Head(headers), object), verdict) << shown;
  }
}

TEST(ReadConditions, ARangeOfAnotherStateDoesNotCount) {
  const Validators object{"\"abc\"", 784111777};
  const std::pair<std::string_view, std::string_view> range{"Range", "bytes=0-1"};
  EXPECT_EQ(EffectiveRange(Head({range}), object), "bytes=0-1");
  EXPECT_EQ(EffectiveRange(Head({range, {"If-Range", "\"abc\""}}), object), "bytes=0-1");
  EXPECT_EQ(EffectiveRange(Head({range, {"If-Range", "Sun, 06 Nov 1994 08:49:37 GMT"}}), object),
            "bytes=0-1");
  for (const std::string_view other : {"\"x\"", "W/\"abc\"", "Sun, 06 Nov 1994 08:49:38 GMT", ""})
    EXPECT_EQ(EffectiveRange(Head({range, {"If-Range", other}}), object), "") << other;
}

TEST(WriteCondition, OnlyAbsenceIsSupported) {
  using versioning::SetCondition;
  const auto read = [](Headers headers) { return ReadWriteCondition(Head(std::move(headers))); };
  EXPECT_EQ(read({}).condition, SetCondition::kNone);
  EXPECT_TRUE(read({}).supported);
  EXPECT_EQ(read({{"If-None-Match", "*"}}).condition, SetCondition::kAbsent);
  EXPECT_TRUE(read({{"If-None-Match", "*"}}).supported);
  EXPECT_FALSE(read({{"If-None-Match", "\"*\""}}).supported);
  EXPECT_FALSE(read({{"If-Match", "*"}}).supported);
  EXPECT_EQ(read({{"If-None-Match", "*"}, {"If-Match", "*"}}).condition, SetCondition::kAbsent);
  EXPECT_FALSE(read({{"If-None-Match", "*"}, {"If-Match", "*"}}).supported);
}

}  // namespace
}  // namespace tarn::s3gw
