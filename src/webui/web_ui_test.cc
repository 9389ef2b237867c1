#include "webui/web_ui.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace tarn::webui {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPage = "<head><!--Snippets--></head>";
const std::string kPack =
    "tarn-webui 1\n"
    "index.html text/html;charset=utf-8 aa 28 4 2\n"
    "assets/app-1.js text/javascript bb 6 3 0\n"
    "logo.svg image/svg+xml cc 4 0 0\n"
    "packed.wasm application/wasm dd 0 6 0\n"
    "\n" +
    kPage + "GZIPBRscriptgz1logopacked";

struct Got {
  int status = 0;
  std::string headers, body;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<WebUi> MakeUi(Options options = {}, std::string_view pack = kPack) {
  auto made = WebUi::Make(std::move(options), pack, SystemRandom());
  EXPECT_TRUE(made.ok());
  return *std::move(made);
}

Got Get(WebUi& ui, const std::string& path, const Headers& headers = {}) {
  http::RequestHead head;
  head.method = "GET";
  head.target = head.path = path;
  for (const auto& [name, value] : headers) head.headers.emplace_back(name, value);
  auto response = ui.Start(head)->Answer("");
  EXPECT_TRUE(response);
  return {response->status, response->headers, std::get<std::string>(response->body)};
}

TEST(WebUiTest, FilesAndTheStartPageForEveryOtherPath) {
  const auto ui = MakeUi();
  EXPECT_EQ(Get(*ui, "/logo.svg").body, "logo");
  EXPECT_THAT(Get(*ui, "/logo.svg").headers, HasSubstr("Content-Type: image/svg+xml\r\n"));
  for (const std::string path : {"/", "/repositories/a/objects", "/index.html", "/api/v11/x"}) {
    const Got got = Get(*ui, path);
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, kPage);
    EXPECT_THAT(got.headers, HasSubstr("Cache-Control: no-cache\r\n"));
  }
  EXPECT_EQ(Get(*ui, "/assets/app-0.js").status, 404);
}

TEST(WebUiTest, HashedFilesAreKeptForGood) {
  const auto ui = MakeUi();
  const Got got = Get(*ui, "/assets/app-1.js");
  EXPECT_EQ(got.body, "script");
  EXPECT_THAT(got.headers, HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  EXPECT_THAT(got.headers, HasSubstr("ETag: \"bb\"\r\n"));
}

TEST(WebUiTest, TheShortestFormThatTheClientReads) {
  const auto ui = MakeUi();
  const auto body = [&](const std::string& path, const std::string& accepted) {
    return Get(*ui, path, {{"Accept-Encoding", accepted}}).body;
  };
  EXPECT_EQ(body("/", "gzip, deflate, br"), "BR");
  EXPECT_EQ(body("/", "br;q=0, GZIP;q=0.5"), "GZIP");
  EXPECT_EQ(body("/", "deflate, brotli, xgzip"), kPage);
  EXPECT_EQ(body("/assets/app-1.js", "br"), "script");
  EXPECT_EQ(body("/assets/app-1.js", "br, gzip"), "gz1");
  EXPECT_EQ(body("/logo.svg", "br, gzip"), "logo");
  const Got got = Get(*ui, "/", {{"Accept-Encoding", "gzip"}});
  EXPECT_THAT(got.headers, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_THAT(got.headers, HasSubstr("ETag: \"aa-gzip\"\r\n"));
  EXPECT_THAT(got.headers, HasSubstr("Vary: Accept-Encoding\r\n"));
}

TEST(WebUiTest, WhatIsCarriedPackedOnlyIsSentSo) {
  const auto ui = MakeUi();
  for (const std::string accepted : {"", "br", "gzip"}) {
    const Got got = Get(*ui, "/packed.wasm", {{"Accept-Encoding", accepted}});
    EXPECT_EQ(got.body, "packed");
    EXPECT_THAT(got.headers, HasSubstr("Content-Encoding: gzip\r\n"));
  }
}

TEST(WebUiTest, WhatTheClientHasIsNotSentAgain) {
  const auto ui = MakeUi();
  const Got got = Get(*ui, "/", {{"Accept-Encoding", "br"}, {"If-None-Match", "\"x\", \"aa-br\""}});
  EXPECT_EQ(got.status, 304);
  EXPECT_EQ(got.body, "");
  EXPECT_EQ(Get(*ui, "/", {{"If-None-Match", "\"aa-br\""}}).status, 200);
}

TEST(WebUiTest, PagesAreBound) {
  const auto ui = MakeUi();
  for (const std::string path : {"/", "/assets/app-1.js", "/assets/none.js"}) {
    const std::string headers = Get(*ui, path).headers;
    EXPECT_THAT(headers, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(headers, HasSubstr("X-Frame-Options: SAMEORIGIN\r\n"));
    EXPECT_THAT(headers, HasSubstr("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "));
    EXPECT_THAT(headers, HasSubstr("frame-ancestors 'self'"));
    EXPECT_THAT(headers, Not(HasSubstr("unsafe-inline")));
  }
}

TEST(WebUiTest, OnlyTheStartPageMayReachTheStore) {
  const std::vector<std::string> origins{"https://store:9000", "https://*.store:9000"};
  const std::string allowed = "connect-src 'self' https://store:9000 https://*.store:9000; ";
  const auto ui = MakeUi({.connect_origins = origins});
  EXPECT_THAT(Get(*ui, "/repositories").headers, HasSubstr(allowed));
  EXPECT_THAT(Get(*ui, "/", {{"If-None-Match", "\"aa\""}}).headers, HasSubstr(allowed));
  EXPECT_THAT(Get(*ui, "/assets/app-1.js").headers, HasSubstr("connect-src 'self'; "));
  EXPECT_THAT(Get(*MakeUi(), "/").headers, HasSubstr("connect-src 'self'; "));
  const auto with_snippets = MakeUi({.snippets = {{"a", "b"}}, .connect_origins = origins});
  EXPECT_THAT(Get(*with_snippets, "/").headers, HasSubstr(allowed));
}

TEST(WebUiTest, SnippetsRunByANonce) {
  const auto ui = MakeUi({.snippets = {{"one", "<SCRIPT>f()</script><scripty>"},
                                       {"two", "<style media=\"all\">a{}</style>text"}}});
  const Got got = Get(*ui, "/x", {{"Accept-Encoding", "br"}});
  const size_t at = got.headers.find("'nonce-") + 7;
  const std::string nonce = got.headers.substr(at, got.headers.find('\'', at) - at);
  EXPECT_EQ(nonce.size(), 22);
  EXPECT_EQ(got.body, "<head><!-- snippet: one -->\n<SCRIPT nonce=\"" + nonce +
                          "\">f()</script><scripty>\n<!-- snippet: two -->\n<style nonce=\"" +
                          nonce + "\" media=\"all\">a{}</style>text\n</head>");
  EXPECT_THAT(got.headers, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(Get(*ui, "/x").headers, Not(HasSubstr(nonce)));
}

TEST(WebUiTest, AProgramWithoutTheInterfaceSaysHowToGetIt) {
  const auto ui = MakeUi({.version = "9.9", .s3_domain_names = {"s3.here"}}, "");
  for (const std::string path : {"/", "/assets/app-1.js", "/repositories"}) {
    const Got got = Get(*ui, path);
    EXPECT_EQ(got.status, 200);
    EXPECT_THAT(got.body, HasSubstr("Tarn 9.9"));
    EXPECT_THAT(got.body, HasSubstr("s3.here"));
    EXPECT_THAT(got.body, HasSubstr("./dev build"));
  }
}

TEST(WebUiTest, DamagedPacksAreRefused) {
  for (size_t length = 1; length < kPack.size(); ++length)
    EXPECT_FALSE(AssetPack::Read(std::string_view(kPack).substr(0, length)).ok()) << length;
  EXPECT_FALSE(AssetPack::Read(kPack + "x").ok());
  EXPECT_FALSE(AssetPack::Read("tarn-webui 1\na b c 1 x 0\n\nyy").ok());
  EXPECT_FALSE(AssetPack::Read("tarn-webui 1\na b c 1\n\ny").ok());
  EXPECT_FALSE(WebUi::Make({}, "tarn-webui 1\na b c 1 0 0\n\ny", SystemRandom()).ok());
}

}  // namespace
}  // namespace tarn::webui
