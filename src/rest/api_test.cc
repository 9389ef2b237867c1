// The whole protocol over a core in memory, as the HTTP server drives it.
#include "rest/testing/api_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/blocking.h"
#include "codec/json.h"
#include "rest/contract/operation.h"
#include "serving/testing/logged.h"

namespace tarn::rest {
namespace {

using serving::testing::LoggedBy;
using testing::Answered;
using ::testing::AnyOf;
using testing::ApiTest;
using ::testing::HasSubstr;
using testing::kGatewayStatus;
using testing::kWebUiStatus;
using ::testing::Not;
using testing::Sent;
using ::testing::StartsWith;

TEST_F(ApiTest, RequestsOutsideTheContract) {
  EXPECT_EQ(Get("/api/v1/nothing").body, "{\"message\":\"invalid API endpoint\"}\n");
  EXPECT_EQ(Get("/api/v1").status, 404);
  EXPECT_THAT(Get("/api/v1/nothing").headers, Not(HasSubstr("X-Request-ID")));
  EXPECT_EQ(Get("//api/v1/user").body, "404 page not found\n");
  EXPECT_EQ(Get("/api/v1/repositories/a%zz").status, 400);
  EXPECT_THAT(Get("/_health").body, StartsWith("alive! "));
  EXPECT_EQ(Get("/_health").body, Get("/_health/below").body);
  EXPECT_EQ(Get("/iceberg/api/v1/config").body, "Not Implemented\n");
  EXPECT_EQ(Get("/").status, kWebUiStatus);
  EXPECT_EQ(Get("/some/page").status, kWebUiStatus);
  EXPECT_EQ(Get("/api/v11/user").status, kWebUiStatus);
  EXPECT_EQ(Get("/_pprof/heap").status, 404);
}

TEST_F(ApiTest, PagesAnswerGetAndHeadAlone) {
  const auto answer = [&](std::string method, std::string target, bool with_credentials) {
    return Send({.method = std::move(method),
                 .target = std::move(target),
                 .body = "bytes",
                 .with_credentials = with_credentials});
  };
  for (const std::string target :
       {"/", "/bucket", "/bucket/main/key", "/some/page?x=y", "/api/v2/x", "/_health", "/metrics",
        "/openapi.json", "/auth/login"}) {
    for (const bool with_credentials : {true, false}) {
      for (const std::string method : {"GET", "HEAD"}) {
        EXPECT_THAT(answer(method, target, with_credentials).status, AnyOf(200, kWebUiStatus))
            << target;
      }
      for (const std::string method : {"PUT", "POST", "DELETE", "PATCH", "OPTIONS", "BREW"}) {
        const Answered refused = answer(method, target, with_credentials);
        EXPECT_EQ(refused.status, 405) << method << target;
        EXPECT_THAT(refused.headers, HasSubstr("Allow: GET, HEAD\r\n"));
        EXPECT_THAT(refused.body, HasSubstr("<Code>MethodNotAllowed</Code>"));
      }
    }
  }
  EXPECT_EQ(answer("PUT", "/iceberg/api/v1/x", true).status, 501);
  EXPECT_EQ(answer("PUT", "/api/v1/nothing", true).status, 404);
}

TEST_F(ApiTest, TheAuditLogNamesRepositoryAndRef) {
  const auto logged = [&](const std::string& target, bool with_credentials) {
    return LoggedBy([&] { Send({.target = target, .with_credentials = with_credentials}); });
  };
  const std::string stat = kRepo + "/refs/main/objects/stat?path=a";
  EXPECT_THAT(logged(stat, true), HasSubstr("repository=repo ref=main user=admin"));
  EXPECT_THAT(logged(stat, false), HasSubstr("repository=repo ref=main user= "));
  EXPECT_THAT(logged(kRepo + "/branches/dev", true), HasSubstr("repository=repo ref=dev user="));
  EXPECT_THAT(LoggedBy([&] {
                Send({.method = "PUT", .target = kRepo + "/branches/dev/hard_reset?ref=main"});
              }),
              HasSubstr("repository=repo ref=dev user=admin"));
  EXPECT_THAT(logged(kRepo, true), HasSubstr("repository=repo ref= user="));
  EXPECT_THAT(logged("/api/v1/user", true), HasSubstr("repository= ref= user=admin"));
  EXPECT_THAT(logged(kRepo + "/branches?amount=x", true), Not(HasSubstr("HTTP call ended")));
}

// As recorded from the reference.
TEST_F(ApiTest, LogoutForgetsTheCookie) {
  for (const std::string target : {"/logout", "/logout/x?y=z"}) {
    const Answered got = Send({.target = target, .with_credentials = false});
    EXPECT_EQ(got.status, 307);
    EXPECT_EQ(got.body, "<a href=\"/auth/login\">Temporary Redirect</a>.\n\n");
    EXPECT_THAT(got.headers, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(got.headers, HasSubstr("Location: /auth/login\r\n"));
    EXPECT_THAT(
        got.headers,
        ::testing::ContainsRegex(
            "Set-Cookie: internal_auth_session=[A-Za-z0-9_=-]+; Path=/; Expires=Thu, 01 Jan "
            "1970 00:00:01 GMT; Max-Age=0; HttpOnly; SameSite=Lax\r\n"));
    const Answered posted = Send({.method = "POST", .target = target, .with_credentials = false});
    EXPECT_EQ(posted.status, 307);
    EXPECT_EQ(posted.body, "");
    EXPECT_THAT(posted.headers, Not(HasSubstr("Content-Type")));
    EXPECT_THAT(posted.headers, HasSubstr("Location: /auth/login\r\n"));
    EXPECT_THAT(posted.headers, HasSubstr("Set-Cookie: internal_auth_session="));
  }
}

TEST_F(ApiTest, S3RequestsGoToTheGateway) {
  const auto status = [&](std::vector<std::pair<std::string, std::string>> headers,
                          std::string target = "/bucket/key") {
    return Send({.target = std::move(target),
                 .headers = std::move(headers),
                 .with_credentials = false})
        .status;
  };
  EXPECT_EQ(status({{"Authorization", "AWS4-HMAC-SHA256 Credential=x"}}), kGatewayStatus);
  EXPECT_EQ(status({{"Authorization", "AWS key:signature"}}), kGatewayStatus);
  EXPECT_EQ(status({{"Host", "bucket.s3.local.lakefs.io:8000"}}), kGatewayStatus);
  EXPECT_EQ(status({{"Host", "S3.local.lakefs.io"}}), kGatewayStatus);
  EXPECT_EQ(status({}, "/b/k?X-Amz-Credential=x"), kGatewayStatus);
  EXPECT_EQ(status({{"Host", "a.b.s3.local.lakefs.io"}}), kWebUiStatus);
  EXPECT_EQ(status({}, "/b/k?X-Amz-Credential="), kWebUiStatus);
}

TEST_F(ApiTest, LayersAnswerInTheirOrder) {
  // Validation comes before authentication, and its answers carry no request id.
  Answered answered = Send({.target = "/api/v1/repositories?amount=x", .with_credentials = false});
  EXPECT_EQ(answered.status, 400);
  EXPECT_THAT(answered.headers, Not(HasSubstr("X-Request-ID")));
  answered = Send({.target = "/api/v1/repositories", .with_credentials = false});
  EXPECT_EQ(answered.status, 401);
  EXPECT_EQ(answered.body, "{\"message\":\"error authenticating request\"}\n");
  EXPECT_THAT(answered.headers, HasSubstr("X-Request-ID: "));
  // Wrong credentials are refused before binding, absent ones after it.
  const std::string twice = "/api/v1/repositories?prefix=a&prefix=b";
  answered = Send(
      {.target = twice, .headers = {{"Authorization", "Bearer x"}}, .with_credentials = false});
  EXPECT_EQ(answered.status, 401);
  EXPECT_EQ(Send({.target = twice, .with_credentials = false}).status, 400);
  // What this server does not have needs a login too.
  const std::string groups = "/api/v1/auth/groups/x/members";
  EXPECT_EQ(Send({.target = groups, .with_credentials = false}).status, 401);
  EXPECT_EQ(Get(groups).status, 501);
}

TEST_F(ApiTest, ObjectsGoInAndOut) {
  Answered answered = Upload("a%2Fb.txt", "0123456789");
  ASSERT_EQ(answered.status, 201) << answered.body;
  EXPECT_THAT(answered.body, HasSubstr("\"path\":\"a/b.txt\""));
  const std::string read = kRepo + "/refs/main/objects?path=a%2Fb.txt";
  answered = Get(read);
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.body, "0123456789");
  EXPECT_THAT(answered.headers, HasSubstr("Content-Disposition: inline\r\n"));
  EXPECT_THAT(answered.headers, HasSubstr("ETag: \"781e5e245d69b566979b86e28d23f2c7\"\r\n"));
  answered = Send({.target = read, .headers = {{"Range", "bytes=-3"}}});
  EXPECT_EQ(answered.status, 206);
  EXPECT_EQ(answered.body, "789");
  EXPECT_THAT(answered.headers, HasSubstr("Content-Range: bytes 7-9/10\r\n"));
  answered = Send({.target = read, .headers = {{"Range", "bytes=10-"}}});
  EXPECT_EQ(answered.status, 416);
  EXPECT_THAT(answered.headers, HasSubstr("Content-Range: bytes */10\r\n"));
  const std::string tag = "\"781e5e245d69b566979b86e28d23f2c7\"";
  for (const std::string& tags :
       {tag, "W/" + tag, std::string("*"), "\"x\", " + tag, "\"x\",W/" + tag + " ,\"y\""}) {
    answered = Send({.target = read, .headers = {{"If-None-Match", tags}, {"Range", "bytes=0-1"}}});
    EXPECT_EQ(answered.status, 304) << tags;
    EXPECT_EQ(answered.body, "");
    EXPECT_THAT(answered.headers, HasSubstr("ETag: " + tag + "\r\n"));
    EXPECT_THAT(answered.headers, HasSubstr("Last-Modified: "));
  }
  for (const std::string tags : {"\"x\"", "W/\"x\", \"y\"", ",", "W/", "\"*\""}) {
    answered = Send({.target = read, .headers = {{"If-None-Match", tags}}});
    EXPECT_EQ(answered.status, 200) << tags;
  }
}

// The server keeps the body back; what is made for HEAD is the answer to GET.
TEST_F(ApiTest, HeadSaysWhatGetSays) {
  ASSERT_EQ(Upload("a", "0123456789").status, 201);
  const std::string read = kRepo + "/refs/main/objects?path=";
  const std::string tag = "\"781e5e245d69b566979b86e28d23f2c7\"";
  struct Case {
    Sent sent;
    int status;
  };
  const Case cases[] = {
      {{.target = read + "a"}, 200},
      {{.target = read + "a", .headers = {{"Range", "bytes=2-3"}}}, 206},
      {{.target = read + "a", .headers = {{"Range", "bytes=10-"}}}, 416},
      {{.target = read + "a", .headers = {{"Range", "bytes=3-2"}}}, 416},
      {{.target = read + "a", .headers = {{"Range", "lines=1"}}}, 400},
      {{.target = read + "a", .headers = {{"If-None-Match", "\"x\", W/" + tag}}}, 304},
      {{.target = read + "a", .headers = {{"If-None-Match", "*"}}}, 304},
      {{.target = read + "a", .headers = {{"If-None-Match", "\"x\""}}}, 200},
      {{.target = read + "a", .headers = {{"If-Match", "\"x\""}}}, 412},
      {{.target = read + "a", .headers = {{"If-Range", "\"x\""}, {"Range", "bytes=2-3"}}}, 200},
      {{.target = read + "none"}, 404},
      {{.target = read}, 400},
      {{.target = kRepo + "/refs/main/objects"}, 400},
      {{.target = read + "a", .with_credentials = false}, 401},
      {{.target = read + "a",
        .headers = {{"Authorization", "Bearer x"}},
        .with_credentials = false},
       401},
  };
  for (const Case& c : cases) {
    Sent sent = c.sent;
    const Answered get = Send(sent);
    sent.method = "HEAD";
    const Answered head = Send(sent);
    const auto shown = [](const Answered& answered) {
      return answered.headers.substr(0, answered.headers.find("X-Request-ID")) +
             std::to_string(answered.length);
    };
    EXPECT_EQ(get.status, c.status) << shown(get);
    EXPECT_EQ(head.status, get.status);
    EXPECT_EQ(shown(head), shown(get));
    if (c.status == 304) {
      EXPECT_THAT(get.headers, HasSubstr("ETag: " + tag));
    }
  }
}

TEST_F(ApiTest, FormsAreTakenInAnyCut) {
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nno\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"content\"; filename=\"f\"\r\n\r\nyes\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nlate\r\n--b--\r\n";
  for (const size_t piece : {1u, 3u, 1000u}) {
    const Answered answered =
        Send({.method = "POST",
              .target = kObjects + "?path=form",
              .headers = {{"Content-Type", "multipart/form-data; boundary=b"}},
              .body = form,
              .piece = piece});
    ASSERT_EQ(answered.status, 201) << answered.body;
    EXPECT_THAT(answered.body, HasSubstr("\"content_type\":\"\""));
    EXPECT_EQ(Get(kRepo + "/refs/main/objects?path=form").body, "yes");
  }
  EXPECT_THAT(Upload("f", "--b\r\n\r\n\r\n--b--", "multipart/form-data; boundary=b").body,
              HasSubstr("multipart upload missing key 'content'"));
  EXPECT_THAT(Upload("f", "x", "multipart/form-data").body, HasSubstr("no multipart boundary"));
  EXPECT_EQ(Upload("f", form.substr(0, form.size() - 40), "multipart/form-data; boundary=b").status,
            400);
  EXPECT_EQ(Get(kRepo + "/refs/main/objects?path=f").status, 404);
}

TEST_F(ApiTest, UploadsAreRefusedBeforeTheirBody) {
  struct Case {
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers;
    int status;
  };
  ASSERT_EQ(Upload("there", "x").status, 201);
  const Case cases[] = {
      {kObjects, {}, 400},
      {kObjects + "?path=" + std::string(1025, 'p'), {}, 400},
      {kRepo + "/branches/nothing/objects?path=a", {}, 404},
      {kRepo + "/branches/a.b/objects?path=a", {}, 400},
      {kObjects + "?path=there", {{"If-None-Match", "*"}}, 412},
      {kObjects + "?path=a", {{"If-Match", "*"}}, 501},
      {kObjects + "?path=there", {{"If-Match", "*"}, {"If-None-Match", "*"}}, 412},
      {kObjects + "?path=a", {{"Content-Type", "a/b/c"}}, 400},
      {kObjects + "?path=a", {{"Content-Type", "multipart/form-data"}}, 400},
      {kObjects + "?path=%ff", {}, 400},
  };
  for (const Case& c : cases) {
    const Answered answered =
        Send({.method = "POST", .target = c.target, .headers = c.headers, .body = "bytes"});
    EXPECT_EQ(answered.status, c.status) << c.target << answered.body;
    EXPECT_TRUE(answered.refused_early) << c.target;
  }
  EXPECT_EQ(Send({.method = "POST",
                  .target = kObjects + "?path=a",
                  .body = "x",
                  .with_credentials = false})
                .status,
            401);
}

TEST_F(ApiTest, HandedOutAddressesAreSignedForTheirPath) {
  const std::string backing = kRepo + "/branches/main/staging/backing?path=";
  const auto given = versioning::testing::Must(ParseJson(Get(backing + "a").body));
  const std::string address(*given.StringAt("physical_address"));
  const auto link = [&](const std::string& path, const std::string& to) {
    return Json("PUT", backing + path,
                "{\"staging\":{\"physical_address\":\"" + to +
                    "\"},\"checksum\":\"\\\"c\\\"\",\"size_bytes\":1}");
  };
  EXPECT_EQ(link("a", address).status, 200);
  EXPECT_THAT(Get(kRepo + "/refs/main/objects/stat?path=a").body, HasSubstr("\"checksum\":\"c\""));
  EXPECT_THAT(link("b", address).body, HasSubstr("invalid address signature: invalid address"));
  EXPECT_THAT(link("a", address.substr(0, address.find(','))).body, HasSubstr("not signed"));
  EXPECT_THAT(link("a", address + "%").body, HasSubstr("malformed address signature"));
  world_.clock.seconds += 2 * 86'400;
  EXPECT_THAT(link("a", address).body, HasSubstr("link address expired"));
  for (const std::string unusable : {"", "data/a/b", "no scheme"})
    EXPECT_EQ(link("a", unusable).status, 400) << unusable;
}

TEST_F(ApiTest, DeletionsOfManyReportPerPath) {
  ASSERT_EQ(Upload("a", "x").status, 201);
  const Answered answered = Json("POST", kObjects + "/delete", R"({"paths":["a","","nothing"]})");
  EXPECT_EQ(answered.status, 200);
  EXPECT_THAT(answered.body, HasSubstr("\"path\":\"\",\"status_code\":400"));
  EXPECT_EQ(Get(kRepo + "/refs/main/objects?path=a").status, 404);
  std::string many = "\"k\"";
  for (int i = 0; i < 1000; ++i) many += ",\"k\"";
  EXPECT_THAT(Json("POST", kObjects + "/delete", "{\"paths\":[" + many + "]}").body,
              HasSubstr("request size exceeded"));
}

TEST_F(ApiTest, LargeBodiesAreRefused) {
  const std::string large(kJsonBytesMax + 1, ' ');
  Answered answered = Json("POST", kRepo + "/branches", large);
  EXPECT_EQ(answered.status, 413);
  answered = Send({.method = "POST",
                   .target = "/api/v1/auth/login",
                   .headers = {{"Content-Type", "application/json"}},
                   .body = std::string(kAnonymousBytesMax + 1, ' '),
                   .with_credentials = false});
  EXPECT_EQ(answered.status, 413);
}

TEST_F(ApiTest, CredentialsComeBeforeALargeBody) {
  const std::string wrong = "Basic " + EncodeBase64("AKIAIOSFDNN7EXAMPLEQ:wrong");
  const std::vector<std::pair<std::string, std::string>> strangers[] = {
      {},
      {{"Authorization", wrong}},
      {{"Authorization", "Bearer x.y.z"}},
      {{"Authorization", "Digest x"}},
      {{"Cookie", "internal_auth_session=x"}},
      {{"Cookie", "another=x"}}};
  for (auto headers : strangers) {
    const std::string shown = headers.empty() ? "none" : headers[0].first + headers[0].second;
    headers.emplace_back("Content-Type", "application/json");
    const Answered answered = Send({.method = "POST",
                                    .target = kRepo + "/branches",
                                    .headers = headers,
                                    .body = std::string(kAnonymousBytesMax + 1, ' '),
                                    .with_credentials = false});
    EXPECT_EQ(answered.status, 401) << shown;
    EXPECT_EQ(answered.body, "{\"message\":\"error authenticating request\"}\n") << shown;
  }
  EXPECT_EQ(Json("POST", kRepo + "/branches", std::string(kAnonymousBytesMax + 1, ' ')).status, 400)
      << "known clients hear what is wrong with the body";
}

TEST_F(ApiTest, RequestsAreCountedByOperationAndStatus) {
  Get(kRepo);
  Get("/api/v1/repositories/none");
  Get("/api/v1/repositories?amount=x");  // refused by the validator: not counted
  const std::string page = Get("/metrics").body;
  EXPECT_THAT(page, HasSubstr("api_requests_total{code=\"200\",method=\"get\"} 1"));
  EXPECT_THAT(page, HasSubstr("api_requests_total{code=\"404\",method=\"get\"} 1"));
  EXPECT_THAT(page, Not(HasSubstr("code=\"400\"")));
  EXPECT_THAT(page, HasSubstr("api_request_duration_seconds_count{code=\"200\",operation="
                              "\"getRepository\"} 1"));
  EXPECT_THAT(page, HasSubstr("lakefs_concurrent_requests{operation=\"getRepository\",service="
                              "\"api\"} 0"));
}

TEST_F(ApiTest, ServesManyThreadsAtOnce) {
  ASSERT_EQ(Upload("a", "x").status, 201);
  const std::string paths[] = {kRepo,
                               kRepo + "/refs/main/objects/stat",
                               "/api/v1/user",
                               "/_health",
                               "/metrics",
                               "/api/v1/repositories",
                               kRepo + "/refs/main/objects/ls"};
  std::atomic<int> answered = 0;
  const auto work = [&] {
    for (int i = 0; i < 300; ++i) {
      http::RequestHead head;
      head.method = "GET";
      head.target = head.path = paths[static_cast<size_t>(i) % std::size(paths)];
      head.query = "path=a";
      head.headers = {{"Authorization", credentials_}};
      const auto exchange = api_.Start(head);
      const auto response = exchange->Answer("");
      exchange->Finished(response->status, 0);
      if (response->status == 200) ++answered;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 1200);
}

TEST_F(ApiTest, LoginGivesATokenThatWorks) {
  const auto log_in = [&](const std::string& secret) {
    return Json("POST", "/api/v1/auth/login",
                "{\"access_key_id\":\"" + key_.access_key_id + "\",\"secret_access_key\":\"" +
                    secret + "\"}");
  };
  EXPECT_EQ(log_in("wrong").status, 401);
  const Answered answered = log_in(key_.secret_access_key);
  ASSERT_EQ(answered.status, 200) << answered.body;
  EXPECT_THAT(answered.headers, HasSubstr("Set-Cookie: internal_auth_session="));
  const auto json = versioning::testing::Must(ParseJson(answered.body));
  const std::string bearer = "Bearer " + std::string(*json.StringAt("token"));
  const auto user = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return Send(
               {.target = "/api/v1/user", .headers = std::move(headers), .with_credentials = false})
        .body;
  };
  EXPECT_THAT(user({{"Authorization", bearer}}), HasSubstr("\"id\":\"admin\""));
  EXPECT_EQ(user({}), "{\"user\":{\"creation_date\":0,\"id\":\"\"}}\n");

  // The session in the cookie is the token's, and it ends for both.
  const size_t at = answered.headers.find("internal_auth_session=");
  const std::string cookie = answered.headers.substr(at, answered.headers.find(';', at) - at);
  EXPECT_THAT(user({{"Cookie", cookie}}), HasSubstr("\"id\":\"admin\""));
  const Answered out =
      Send({.target = "/logout", .headers = {{"Cookie", cookie}}, .with_credentials = false});
  EXPECT_EQ(out.status, 307);
  EXPECT_THAT(user({{"Cookie", cookie}}), HasSubstr("error authenticating request"));
  EXPECT_THAT(user({{"Authorization", bearer}}), HasSubstr("error authenticating request"));
  EXPECT_EQ(log_in(key_.secret_access_key).status, 200);
}

}  // namespace
}  // namespace tarn::rest
