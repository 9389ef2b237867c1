#include "s3gw/operations/fallback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tarn::s3gw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::vector<std::string> kDomains = {"s3.local.lakefs.io", "other.example.com:8000"};

TEST(Fallback, UrlsAreRead) {
  struct Case {
    std::string_view text, origin, host, path;
  };
  const Case cases[] = {
      {"http://proxy:9000", "http://proxy:9000", "proxy:9000", ""},
      {"https://s3.example.com/", "https://s3.example.com", "s3.example.com", ""},
      {"http://[::1]:80/a/b//", "http://[::1]:80", "[::1]:80", "/a/b"},
  };
  for (const Case& c : cases) {
    const auto url = ReadFallbackUrl(c.text);
    ASSERT_TRUE(url.ok()) << c.text;
    EXPECT_EQ(url->origin, c.origin);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->path, c.path);
  }
  for (const std::string_view bad :
       {"", "proxy", "proxy:9000", "ftp://proxy", "http://", "http://:80", "http:///a",
        "http://user@proxy", "http://proxy?a", "http://proxy#a", "http://pro xy", "http://p\\x"}) {
    const auto url = ReadFallbackUrl(bad);
    ASSERT_EQ(url.code(), Code::kInvalidValue) << bad;
    EXPECT_THAT(url.status().message(), HasSubstr("must be an http:// or https:// URL"));
  }
}

TEST(Fallback, TheDomainOfAHostIsReplaced) {
  const auto host = [](std::string_view text) { return ForeignHost(text, kDomains, "up:9000"); };
  EXPECT_EQ(host("s3.local.lakefs.io"), "up:9000");
  EXPECT_EQ(host("bucket.s3.local.lakefs.io:8000"), "bucket.up:9000");
  EXPECT_EQ(host("a.b.OTHER.example.com"), "a.b.up:9000");
  EXPECT_EQ(host("127.0.0.1:8000"), "127.0.0.1:8000");
  EXPECT_EQ(host(""), "");
}

TEST(Fallback, HeadersOfTheConnectionStay) {
  http::RequestHead head;
  head.peer = "[::1]:4711";
  head.headers = {{"Host", "b.s3.local.lakefs.io"},
                  {"Authorization", "AWS4"},
                  {"Connection", "close,\t X-Own "},
                  {"x-own", "1"},
                  {"Proxy-Whatever", "1"},
                  {"TE", "trailers"},
                  {"Transfer-Encoding", "chunked"},
                  {"Content-Length", "3"},
                  {"X-Amz-Meta-A", "1"},
                  {"X-Amz-Meta-A", "2"},
                  {"Upgrade", "h2c"},
                  {"Keep-Alive", "1"},
                  {"Trailer", "t"},
                  {"X-Forwarded-For", "10.0.0.1"},
                  {"Expect", "100-continue"},
                  {"Empty", ""}};
  EXPECT_THAT(ForeignHeaders(head, kDomains, "up"),
              ElementsAre(Pair("Host", "b.up"), Pair("Authorization", "AWS4"),
                          Pair("X-Amz-Meta-A", "1"), Pair("X-Amz-Meta-A", "2"), Pair("Empty", ""),
                          Pair("X-Forwarded-For", "10.0.0.1, ::1")));
}

TEST(Fallback, AnswersArePassedOn) {
  http::ClientResponse answer;
  answer.status = 206;
  answer.headers = {{"Date", "Tue, 15 Nov 1994 08:12:31 GMT"},
                    {"Content-Length", "5"},
                    {"Transfer-Encoding", "chunked"},
                    {"ETag", "\"e\""},
                    {"Connection", "close, X-Amz-Hop"},
                    {"x-amz-hop", "1"},
                    {"X-Amz-Meta-A", "1"},
                    {"X-Amz-Meta-A", "2"}};
  const http::Response response = ForeignAnswer(answer);
  EXPECT_EQ(response.status, 206);
  EXPECT_TRUE(response.has_date);
  EXPECT_EQ(response.headers,
            "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nETag: \"e\"\r\nX-Amz-Meta-A: 1\r\n"
            "X-Amz-Meta-A: 2\r\nX-Content-Type-Options: nosniff\r\n"
            "X-Frame-Options: SAMEORIGIN\r\n"
            "Content-Security-Policy: default-src 'none'; sandbox\r\n");
}

TEST(Fallback, AnswersDoNotRuleOurOrigin) {
  http::ClientResponse answer;
  answer.status = 200;
  for (const char* name : {"Set-Cookie",
                           "set-cookie2",
                           "Strict-Transport-Security",
                           "Content-Security-Policy",
                           "content-security-policy-report-only",
                           "X-Content-Type-Options",
                           "X-Frame-Options",
                           "Service-Worker-Allowed",
                           "Access-Control-Allow-Origin",
                           "ACCESS-CONTROL-ALLOW-CREDENTIALS",
                           "Clear-Site-Data",
                           "Refresh",
                           "Link",
                           "Alt-Svc",
                           "Public-Key-Pins",
                           "NEL",
                           "Report-To",
                           "Reporting-Endpoints",
                           "Permissions-Policy",
                           "Feature-Policy",
                           "Referrer-Policy",
                           "Cross-Origin-Opener-Policy",
                           "Accept-CH",
                           "Origin-Agent-Cluster",
                           "SourceMap",
                           "X-SourceMap",
                           "WWW-Authenticate",
                           "Timing-Allow-Origin",
                           "Speculation-Rules",
                           "Set-Login",
                           "X-XSS-Protection"}) {
    answer.headers.emplace_back(name, "theirs");
  }
  answer.headers.emplace_back("Content-Type", "text/html");
  EXPECT_EQ(ForeignAnswer(answer).headers,
            "Content-Type: text/html\r\nX-Content-Type-Options: nosniff\r\n"
            "X-Frame-Options: SAMEORIGIN\r\n"
            "Content-Security-Policy: default-src 'none'; sandbox\r\n");
}

}  // namespace
}  // namespace tarn::s3gw
