// Tests of the request head: what is read, and what is refused.
#include "http/head_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tarn::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

int Refusal(const std::string& bytes, int header_count_max = 100) {
  HeadScanner scanner;
  if (scanner.Scan(bytes) != HeadScanner::Outcome::kFound) return -1;
  ParsedHead parsed;
  const auto error =
      ParseHead(std::string_view(bytes).substr(scanner.begin(), scanner.end() - scanner.begin()),
                header_count_max, &parsed);
  return error ? error->status : 0;
}

int RefusalOfHeaders(std::string_view headers) {
  return Refusal("GET / HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n");
}

TEST(HeadParserTest, ReadsARequest) {
  const std::string bytes =
      "PUT /a%20b/c?x=1&y=?z HTTP/1.1\r\nhost: example:80\r\nX-Empty:\r\nX-Blanks: \t v w \t\r\n"
      "content-length: 12\r\n\r\n";
  ParsedHead parsed;
  ASSERT_FALSE(ParseHead(bytes, 10, &parsed));
  EXPECT_EQ(parsed.head.method, "PUT");
  EXPECT_EQ(parsed.head.target, "/a%20b/c?x=1&y=?z");
  EXPECT_EQ(parsed.head.path, "/a%20b/c");
  EXPECT_EQ(parsed.head.query, "x=1&y=?z");
  EXPECT_THAT(parsed.head.headers,
              ElementsAre(Pair("host", "example:80"), Pair("X-Empty", ""), Pair("X-Blanks", "v w"),
                          Pair("content-length", "12")));
  EXPECT_EQ(parsed.head.content_length, 12);
  EXPECT_FALSE(parsed.head.chunked);
  EXPECT_TRUE(parsed.keep_alive);
  EXPECT_EQ(parsed.head.Get("x-blanks"), "v w");
  EXPECT_EQ(parsed.head.Find("x-absent"), std::nullopt);
}

TEST(HeadParserTest, ReadsAbsoluteTargets) {
  ParsedHead parsed;
  ASSERT_FALSE(ParseHead("GET HTTP://real:8000/p?q HTTP/1.1\r\nHost: other\r\n\r\n", 10, &parsed));
  EXPECT_EQ(parsed.head.path, "/p");
  EXPECT_EQ(parsed.head.query, "q");
  EXPECT_EQ(parsed.head.Get("Host"), "real:8000");
  ASSERT_FALSE(ParseHead("GET http://real HTTP/1.0\r\n\r\n", 10, &parsed));
  EXPECT_EQ(parsed.head.path, "/");
  EXPECT_EQ(parsed.head.Get("host"), "real");
}

TEST(HeadParserTest, KnowsWhenTheConnectionStays) {
  ParsedHead parsed;
  const auto keeps = [&](const std::string& version, const std::string& header) {
    EXPECT_FALSE(ParseHead("GET / " + version + "\r\nHost: h\r\n" + header + "\r\n", 10, &parsed));
    return parsed.keep_alive;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: upgrade, close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
  EXPECT_TRUE(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST(HeadParserTest, RefusesBrokenRequestLines) {
  for (const char* line :
       {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "G\tET / HTTP/1.1",
        "GET / x HTTP/1.1", "GET / HTTP/1.a", "GET / http/1.1", "GET / HTTP/11", "GET x HTTP/1.1",
        "GET ftp://h/x HTTP/1.1", "GET http:///x HTTP/1.1", "GET /a%zz HTTP/1.1",
        "GET /a% HTTP/1.1", "GET /a\x01 HTTP/1.1", "GET /a\x7f HTTP/1.1", "GET /?\x02 HTTP/1.1",
        "CONNECT h:80 HTTP/1.1", "(GET) / HTTP/1.1"}) {
    EXPECT_EQ(Refusal(std::string(line) + "\r\nHost: h\r\n\r\n"), 400) << line;
  }
  EXPECT_EQ(Refusal("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(Refusal("GET /\xc3\xbc?%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 0);
}

TEST(HeadParserTest, RefusesBrokenHeaders) {
  using namespace std::string_literals;
  for (const std::string& header :
       {"X : y\r\n"s, ": y\r\n"s, "X\r\n"s, " X: y\r\n"s, "X: a\r\n folded\r\n"s, "X: a\0b\r\n"s,
        "X: a\rb\r\n"s, "X: \x01\r\n"s, "X: long enough for a word \x7f\r\n"s, "X\0: y\r\n"s,
        "\xc3\xbc: y\r\n"s}) {
    EXPECT_EQ(RefusalOfHeaders(header), 400) << header;
  }
  EXPECT_EQ(RefusalOfHeaders("X: tab\tand \xc3\xbc are fine\r\n"), 0);
}

TEST(HeadParserTest, RefusesWhatCouldBeReadInTwoWays) {
  for (const char* header :
       {"Host: i\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: +1\r\n",
        "Content-Length: -1\r\n", "Content-Length: 1, 1\r\n", "Content-Length: 0x1\r\n",
        "Content-Length:\r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"}) {
    EXPECT_EQ(RefusalOfHeaders(header), 400) << header;
  }
  for (const char* header : {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
                             "Transfer-Encoding: identity\r\n", "Transfer-Encoding:\r\n",
                             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                             "Transfer-Encoding: xchunked\r\n"}) {
    EXPECT_EQ(RefusalOfHeaders(header), 501) << header;
  }
  EXPECT_EQ(RefusalOfHeaders("Content-Length: 2\r\nContent-Length: 2\r\n"), 0);
  EXPECT_EQ(Refusal("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(Refusal("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(Refusal("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(Refusal("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(RefusalOfHeaders("Expect: something\r\n"), 417);
}

TEST(HeadParserTest, LimitsTheNumberOfHeaders) {
  const std::string three = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n";
  EXPECT_EQ(Refusal(three, 3), 0);
  EXPECT_EQ(Refusal(three, 2), 431);
}

TEST(HeadScannerTest, FindsTheEndByteByByte) {
  const std::string bytes = "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nrest";
  HeadScanner scanner;
  size_t at = 0;
  while (scanner.Scan(std::string_view(bytes).substr(0, at)) == HeadScanner::Outcome::kMore) ++at;
  EXPECT_EQ(at, bytes.size() - 4);
  EXPECT_EQ(scanner.begin(), 4U);
  EXPECT_EQ(scanner.end(), bytes.size() - 4);
}

TEST(HeadScannerTest, RefusesBareLineFeeds) {
  for (const char* bytes : {"\n", "GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\n\n"}) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.Scan(bytes), HeadScanner::Outcome::kBad) << bytes;
  }
}

TEST(HeadParserTest, SurvivesMutations) {
  const std::string good =
      "POST http://h/a%20b?c HTTP/1.1\r\nHost: h\r\nConnection: close, x\r\n"
      "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (unsigned i = 0; i < 1 + random() % 4; ++i) {
      bytes[random() % bytes.size()] =
          static_cast<char>(random() % 3 == 0 ? random() : "\r\n :/%"[random() % 6]);
    }
    Refusal(bytes);  // Sanitizers watch.
  }
}

}  // namespace
}  // namespace tarn::http
