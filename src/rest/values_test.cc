// The small readers: patterns, media types, error table.
#include <gtest/gtest.h>

#include "rest/contract/patterns.h"
#include "rest/error_table.h"
#include "rest/media_type.h"

namespace tarn::rest {
namespace {

TEST(Patterns, Repository) {
  const auto& pattern = PatternNamed("repository");
  for (const std::string& good : {std::string("abc"), std::string("0-9"), std::string(63, 'a')})
    EXPECT_TRUE(pattern.matches(good)) << good;
  for (const std::string& bad : {std::string(), std::string("ab"), std::string(64, 'a'),
                                 std::string("-abc"), std::string("aBc"), std::string("a.c")})
    EXPECT_FALSE(pattern.matches(bad)) << bad;
}

TEST(Patterns, Namespace) {
  const auto& pattern = PatternNamed("namespace");
  for (const std::string_view good : {"s3://b", "local://", "http://x", "https://x/y z"})
    EXPECT_TRUE(pattern.matches(good)) << good;
  for (const std::string_view bad : {"", "s3:/b", "LOCAL://x", "ftp://x", " s3://b", "s3://a\nb"})
    EXPECT_FALSE(pattern.matches(bad)) << bad;
}

TEST(Patterns, Range) {
  const auto& pattern = PatternNamed("range");
  for (const std::string_view good :
       {"bytes=0-1", "bytes=-", "bytes=1-", "bytes=-1", "bytes=0-1,2-3", "bytes=0-1, 2-3",
        "bytes=0-1,", "bytes=--1", "bytes=0-1 2-3", "bytes=0-1 "})
    EXPECT_TRUE(pattern.matches(good)) << good;
  for (const std::string_view bad : {"", "bytes=", "bytes= 0-1", "bytes=a-b", "items=0-1", "0-1",
                                     "bytes=0-1,,2-3", "bytes=0-1  2-3", "bytes=1"})
    EXPECT_FALSE(pattern.matches(bad)) << bad;
}

TEST(Patterns, DateTime) {
  for (const std::string_view good :
       {"2020-01-01T00:00:00", "2020-01-01T00:00:60.5Z", "2020-12-31T23:59:59+99:99"})
    EXPECT_TRUE(IsDateTime(good)) << good;
  for (const std::string_view bad :
       {"", "2020-01-01", "2020-00-01T00:00:00", "2020-01-32T00:00:00", "2020-01-01T24:00:00",
        "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00Zz"})
    EXPECT_FALSE(IsDateTime(bad)) << bad;
}

TEST(MediaType, ReadsTypesAndParameters) {
  auto media = ParseMediaType("Multipart/Form-Data; Boundary=\"a b\\\"c\"; x=1;");
  ASSERT_TRUE(media.ok()) << media.status().message();
  EXPECT_EQ(media->type, "multipart/form-data");
  EXPECT_EQ(media->parameters["boundary"], "a b\"c");
  EXPECT_EQ(media->parameters["x"], "1");
  EXPECT_TRUE(ParseMediaType("text").ok());
  EXPECT_TRUE(ParseMediaType("text/plain ;").ok());
  media = ParseMediaType("form-data; filename=\"C:\\dir\\file\"");
  EXPECT_EQ(media->parameters["filename"], "C:\\dir\\file");
}

TEST(MediaType, TellsWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "mime: no media type"},
      {"/", "mime: no media type"},
      {"a/b/c", "mime: unexpected content after media subtype"},
      {"a b", "mime: expected slash after first token"},
      {"a/", "mime: expected token after slash"},
      {"nonsense;;", "mime: invalid media parameter"},
      {"a/b; c", "mime: invalid media parameter"},
      {"a/b; c=\"d", "mime: invalid media parameter"},
      {"a/b; c=1; c=2", "mime: duplicate parameter name"},
  };
  for (const auto& [text, problem] : cases)
    EXPECT_EQ(ParseMediaType(text).status().message(), problem) << text;
}

TEST(ErrorTable, GivesEveryFailureAnErrorStatus) {
  for (int i = 1; i < kCodeCount; ++i) {
    const ErrorRow& row = ErrorRowOf(static_cast<Code>(i));
    EXPECT_GE(row.status, 400) << i;
    EXPECT_LT(row.status, 600) << i;
  }
}

TEST(ErrorTable, FixedTextsHideTheMessageOthersShowIt) {
  EXPECT_EQ(ErrorText({Code::kDataNotFound, "open /secret/place"}), "No data");
  EXPECT_EQ(ErrorText({Code::kTooManyTries, "update branch"}),
            "Too many attempts, try again later");
  EXPECT_EQ(ErrorText({Code::kBranchNotFound, "branch not found"}), "branch not found");
}

}  // namespace
}  // namespace tarn::rest
