// What objects say in headers: user metadata, sources of copies, conditions of writes.
#include <gtest/gtest.h>

#include "refs/names.h"
#include "s3gw/object_headers.h"
#include "s3gw/operations/copy_source.h"
#include "s3gw/operations/write_checks.h"
#include "s3gw/user_metadata.h"

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

TEST(UserMetadata, ShowsThatOfBothProtocols) {
  EXPECT_EQ(Shown({{"plain", "1"}, {"x-amz-meta-lower", "2"}, {"X-Amz-Meta-two-WORDS", "3"}}),
            "X-Amz-Meta-Lower: 2\r\nX-Amz-Meta-Plain: 1\r\nX-Amz-Meta-Two-Words: 3\r\n");
  EXPECT_EQ(Shown({{"X-Amz-Meta-\u00fc", "1"}, {"X-Amz-Meta-a b", "2"}, {"X-Amz-Meta-x", "3"}}),
            "X-Amz-Meta-X: 3\r\nX-Amz-Missing-Meta: 2\r\n");
  EXPECT_EQ(Shown({{"Color", "rest"}, {"X-Amz-Meta-color", "s3"}, {"color", "rest too"}}),
            "X-Amz-Meta-Color: s3\r\nX-Amz-Missing-Meta: 2\r\n")
      << "no header comes twice";
  EXPECT_EQ(Shown({{"::lakefs::client-mtime", "1"}, {"a\r\nb", "2"}, {"c", "3\r\n4"}}),
            "X-Amz-Meta-C: =?utf-8?q?3=0D=0A4?=\r\nX-Amz-Missing-Meta: 1\r\n");
  const std::string large(kShownMetadataBytesMax, 'x');
  EXPECT_EQ(Shown({{"a", large}, {"b", "1"}}), "X-Amz-Meta-B: 1\r\nX-Amz-Missing-Meta: 1\r\n");
}

TEST(ObjectHeaders, AreKeptAndGivenBack) {
  const auto read = ReadObjectHeaders(Head({{"content-type", "text/csv"},
                                            {"cache-control", "max-age=60"},
                                            {"Content-Disposition", "attachment; filename=x"},
                                            {"content-encoding", "aws-chunked, gzip"},
                                            {"Content-Language", "de, en"},
                                            {"Expires", "never"},
                                            {"x-amz-meta-a", "1"}}));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->metadata, (Metadata{{"::lakefs::cache-control", "max-age=60"},
                                      {"::lakefs::content-disposition", "attachment; filename=x"},
                                      {"::lakefs::content-encoding", "gzip"},
                                      {"::lakefs::content-language", "de, en"},
                                      {"::lakefs::expires", "never"},
                                      {"X-Amz-Meta-a", "1"}}));
  Entry entry;
  entry.content_type = read->content_type;
  entry.metadata = read->metadata;
  const auto shown = [&](std::string_view query) {
    const auto overrides = ReadOverrides(Query(query));
    EXPECT_TRUE(overrides.ok()) << query;
    http::Response response;
    AddObjectHeaders(entry, *overrides, &response);
    return response.headers;
  };
  EXPECT_EQ(shown(""),
            "Content-Type: text/csv\r\nCache-Control: max-age=60\r\n"
            "Content-Disposition: attachment; filename=x\r\nContent-Encoding: gzip\r\n"
            "Content-Language: de, en\r\nExpires: never\r\nX-Amz-Meta-A: 1\r\n");
  EXPECT_EQ(shown("response-content-type=text/html&response-cache-control=a&response-expires=b&"
                  "response-content-disposition=c&response-content-encoding=d&"
                  "response-content-language=e&response-x=f"),
            "Content-Type: text/html\r\nCache-Control: a\r\nContent-Disposition: c\r\n"
            "Content-Encoding: d\r\nContent-Language: e\r\nExpires: b\r\nX-Amz-Meta-A: 1\r\n");
  http::Response unchanged;
  AddCacheHeaders(entry, &unchanged);
  EXPECT_EQ(unchanged.headers, "Cache-Control: max-age=60\r\nExpires: never\r\n");
  entry.metadata = {{"::lakefs::expires", "1\r\nSet-Cookie: x"}};
  EXPECT_EQ(shown(""), "Content-Type: text/csv\r\n") << "no header comes out of a value";
}

TEST(ObjectHeaders, HaveLimits) {
  const auto refused = [](Headers headers) {
    const auto read = ReadObjectHeaders(Head(std::move(headers)));
    EXPECT_FALSE(read.ok());
    return read.ok() ? Error::kInternalError : read.failure().error;
  };
  EXPECT_EQ(refused({{"content-type", "\xff"}}), Error::kInvalidHeaderValue);
  EXPECT_EQ(refused({{"cache-control", "\xff"}}), Error::kInvalidHeaderValue);
  const std::string large(kContentHeaderBytesMax / 2, 'v');
  EXPECT_EQ(refused({{"cache-control", large}, {"expires", large}}), Error::kMetadataTooLarge);
  EXPECT_TRUE(ReadObjectHeaders(Head({{"content-encoding", "aws-chunked"}}))->metadata.empty());
  for (const std::string_view query : {"response-content-type=a%0d%0ab", "response-expires=%00"}) {
    const auto overrides = ReadOverrides(Query(query));
    ASSERT_FALSE(overrides.ok()) << query;
    EXPECT_EQ(overrides.failure().error, Error::kInvalidArgument);
  }
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
  const std::string path(refs::kPathBytesMax, 'p');
  EXPECT_TRUE(ReadCopySource("/repo/main/" + path).ok());
  EXPECT_EQ(ReadCopySource("/repo/main/" + path + "p").failure().error, Error::kKeyTooLong);
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
