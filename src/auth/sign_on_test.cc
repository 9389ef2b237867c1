// Who others vouch for: cookies with claims, the remote authenticator, the authentication service.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "auth/service.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/gob_cookie.h"
#include "http/testing/scripted_server.h"
#include "kv/testing/forwarding_store.h"
#include "kv/testing/test_store.h"

namespace tarn::auth {
namespace {

constexpr const char* kSecret = "server secret";
constexpr const char* kRefused = "error authenticating request";

class TestClock : public Clock {
 public:
  Timestamp Now() override { return {seconds, 0}; }
  int64_t MonotonicMs() override { return seconds * 1000; }
  int64_t seconds = 1'700'000'000;
};

class FailingStore : public kv::ForwardingStore {
 public:
  explicit FailingStore(std::unique_ptr<kv::Store> inner)
      : ForwardingStore(*inner), inner_(std::move(inner)) {}
  std::string failing;  ///< Prefix of keys.

 protected:
  Status Before(Call, std::string_view, std::string_view key) override {
    return !failing.empty() && key.starts_with(failing) ? Status(Code::kIo, "disk gone") : Status();
  }

 private:
  const std::unique_ptr<kv::Store> inner_;
};

/// Short texts and counts of gob, below 128.
std::string Counted(std::string_view text) {
  EXPECT_LT(text.size(), 128U);
  return static_cast<char>(text.size()) + std::string(text);
}

using Claims = std::map<std::string, std::string>;

/// A cookie as sign-on services write it: texts as claims, under `name`.
std::string ClaimsCookie(std::string_view cookie, std::string_view name, const Claims& claims,
                         int64_t now) {
  using namespace std::string_literals;
  std::string map = "\xff\x82\x01\x00"s + static_cast<char>(claims.size());
  for (const auto& [key, value] : claims)
    map += Counted(key) + Counted("string") + "\x0c\x01\x00"s + Counted(value);
  std::string payload =
      "\x0d\x7f\x04\x01\x02\xff\x80\x00\x01\x10\x01\x10\x00\x00\x20\xff\x80\x00\x01"s +
      Counted("string") + "\x0c\x01\x00"s + Counted(name) +
      Counted("github.com/treeverse/lakefs/pkg/auth/oidc.Claims") +
      "\xff\x81\x04\x01\x01\x06"
      "Claims\x01\xff\x82\x00\x01\x0c\x01\x10\x00\x00"s +
      "\x01" + map;
  const std::string dated = std::to_string(now) + "|" + EncodeBase64(payload, Base64::kUrl);
  const std::string mac(AsView(HmacSha256(kSecret, std::string(cookie) + "|" + dated)));
  return std::string(cookie) + "=" + EncodeBase64(dated + "|" + mac, Base64::kUrl);
}

http::Response JsonAnswer(int status, std::string body) {
  http::Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.Add("Content-Type", "application/json");
  return response;
}

class SignOnTest : public ::testing::Test {
 protected:
  SignOnTest() {
    Options options{.mode = Mode::kInternal, .secret_key = kSecret, .cache_ms = 1000};
    options.oidc_claims = {.required = {{"tenant", "t1"}}, .default_groups = {"Viewers"}};
    options.saml_claims = {.id_claim = "uid",
                           .source = "saml",
                           .required = {{"org", "o1"}},
                           .friendly_name_claim = "display",
                           .groups_claim = "memberOf"};
    options.authentication_endpoint = server_.url() + "/authentication";
    options.remote_authenticator = {.endpoint = server_.url() + "/remote", .timeout_ms = 20'000};
    service_ = std::make_unique<Service>(kv_, clock_, *random_, std::move(options));
    EXPECT_TRUE(service_->SetUp({.username = "admin"}).ok());
  }

  std::string Who(const std::string& authorization, const std::string& cookies = "") {
    const auto user = service_->Authenticate(authorization, cookies);
    if (!user.ok()) return std::string(user.status().message());
    return *user ? (*user)->username : "nobody";
  }
  std::string Oidc(const Claims& claims) {
    return ClaimsCookie("oidc_auth_session", "id_token_claims", claims, clock_.seconds);
  }
  std::string Saml(const Claims& claims) {
    return ClaimsCookie("saml_auth_session", "saml_token_claims", claims, clock_.seconds);
  }
  static std::string Basic(const std::string& name, const std::string& password) {
    return "Basic " + EncodeBase64(name + ":" + password);
  }
  std::string WhoOf(const Result<Login>& login) {
    return login.ok() ? Who("Bearer " + login->token) : std::string(login.status().message());
  }
  http::Response Answer(const http::Asked& asked) {
    if (hold_.valid()) hold_.wait();
    if (next_) return std::exchange(next_, std::nullopt).value();
    const Json body = ParseJson(asked.body).value();
    if (asked.path == "/remote") {
      return body.StringAt("password") == "right"
                 ? JsonAnswer(200, R"({"external_user_identifier": ")" +
                                       std::string(body.StringAt("username") == "r" ? "rita" : "") +
                                       "\"}")
                 : JsonAnswer(401, "{}");
    }
    if (asked.path == "/authentication/sts/login")
      return JsonAnswer(200, std::string(body.StringAt("code").value()));
    return JsonAnswer(200, ToJsonText(body));
  }

  TestClock clock_;
  FailingStore kv_{kv::OpenForTest()};
  std::unique_ptr<Random> random_ = SeededRandom(6);
  std::optional<http::Response> next_;  ///< Instead of what would be answered.
  std::future<void> hold_;              ///< No answer comes before.
  http::ScriptedServer server_{
      {"/remote", "/authentication/sts/login", "/authentication/auth/external/principal/login"},
      [this](const http::Asked& asked) { return Answer(asked); }};
  std::unique_ptr<Service> service_;
};

TEST_F(SignOnTest, ACookieWithClaimsIsItsUser) {
  const std::string jane = Oidc({{"sub", "jane"}, {"tenant", "t1"}});
  EXPECT_EQ(Who("", jane), "jane");
  EXPECT_EQ(Who("", jane), "jane") << "a second time";
  const auto user = service_->directory().FindUserByExternalId("jane").value();
  ASSERT_TRUE(user);
  EXPECT_EQ(user->source, "oidc");
  EXPECT_EQ(service_->directory().ListGroupsOf("jane", Everything())->items.at(0).name, "Viewers");
  const std::string sam = Saml({{"uid", "sam"}, {"org", "o1"}, {"display", "Sam L"}});
  const auto first = service_->Authenticate("", sam);
  ASSERT_TRUE(first.ok() && *first) << "who is made is signed in";
  EXPECT_EQ((*first)->username, "sam");
  EXPECT_EQ((*service_->Authenticate("", sam))->friendly_name, "Sam L");
  EXPECT_EQ(Who("", Oidc({{"sub", "admin"}, {"tenant", "t1"}})), kRefused)
      << "a name of somebody whom nobody vouched for";
}

TEST_F(SignOnTest, WhatIsNoClaimIsPassedOver) {
  EXPECT_EQ(Who("", ClaimsCookie("oidc_auth_session", "other", {{"sub", "x"}}, clock_.seconds)),
            "nobody");
  const std::string text =
      "oidc_auth_session=" +
      EncodeCookie("oidc_auth_session", kSecret, clock_.seconds, "id_token_claims", "text").value();
  EXPECT_EQ(Who("", text), "nobody");
  EXPECT_EQ(Who("", text + "; " + Saml({{"uid", "sam"}, {"org", "o1"}})), "sam");
}

TEST_F(SignOnTest, WrongClaimsEndTheSearch) {
  const std::string sam = Saml({{"uid", "sam"}, {"org", "o1"}});
  for (const Claims& claims :
       {Claims{}, Claims{{"sub", "x"}}, Claims{{"sub", "x"}, {"tenant", "t2"}},
        Claims{{"tenant", "t1"}}, Claims{{"sub", ""}, {"tenant", "t1"}},
        Claims{{"sub", "a/b"}, {"tenant", "t1"}}}) {
    EXPECT_EQ(Who("", Oidc(claims) + "; " + sam), kRefused);
  }
  EXPECT_EQ(Who("", "oidc_auth_session=rubbish; " + sam), kRefused);
  const std::string other_name = Oidc({{"sub", "x"}, {"tenant", "t1"}});
  EXPECT_EQ(Who("", "saml" + other_name.substr(4)), kRefused) << "signed for another name";
  clock_.seconds += 31 * 86400;
  EXPECT_EQ(Who("", other_name), kRefused) << "too old";
  EXPECT_EQ(Who("", sam), kRefused);
}

TEST_F(SignOnTest, AnOutageIsNotARefusal) {
  const std::string jane = Oidc({{"sub", "jane"}, {"tenant", "t1"}});
  kv_.failing = "tarn-external-ids/";
  EXPECT_EQ(service_->Authenticate("", jane).code(), Code::kIo);
  kv_.failing.clear();
  EXPECT_EQ(Who("", jane), "jane");
}

TEST_F(SignOnTest, OneUserAloneKnowsNobodyElse) {
  const auto kv = kv::OpenForTest();
  Service basic(*kv, clock_, *random_, {.secret_key = kSecret});
  ASSERT_TRUE(basic.SetUp({.username = "admin"}).ok());
  const std::string cookie = Oidc({{"sub", "jane"}});
  EXPECT_EQ(basic.Authenticate("", cookie).code(), Code::kUnauthenticated);
  EXPECT_EQ(basic.LogInPrincipal(Json(Json::Object()), 0).code(), Code::kNotImplemented);
  EXPECT_EQ(basic.LogInWithCode({}, {}).code(), Code::kNotImplemented);
}

TEST_F(SignOnTest, TheRemoteAuthenticatorIsAskedLast) {
  EXPECT_EQ(WhoOf(service_->LogIn("rosa", "right")), "rosa");
  EXPECT_EQ(service_->directory().FindUser("rosa").value()->source, "remote_authenticator");
  EXPECT_EQ(WhoOf(service_->LogIn("r", "right")), "rita") << "its name for the user counts";
  EXPECT_EQ(service_->directory().FindUser("rita").value()->friendly_name, "r");
  EXPECT_EQ(Who(Basic("rosa", "right")), "rosa");
  EXPECT_EQ(WhoOf(service_->LogIn("rosa", "wrong")), kRefused);
  EXPECT_EQ(Who(Basic("rosa", "wrong")), kRefused);
  EXPECT_EQ(service_->FindKey("rosa").value(), std::nullopt) << "signatures need a key";
  const size_t asked = server_.asked().size();
  const auto key = service_->CreateCredentials("rosa");
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(WhoOf(service_->LogIn(key->access_key_id, key->secret_access_key)), "rosa");
  EXPECT_EQ(server_.asked().size(), asked);
}

TEST_F(SignOnTest, ARemoteAuthenticatorThatFailsIsAnOutage) {
  EXPECT_EQ(WhoOf(service_->LogIn("rosa", "right")), "rosa");
  for (const auto& [status, body] : {std::pair(500, "{}"), std::pair(204, ""), std::pair(200, "ok"),
                                     std::pair(200, "[]"), std::pair(302, "{}")}) {
    next_ = JsonAnswer(status, body);
    EXPECT_EQ(service_->LogIn("rosa", "right").code(), Code::kSlowDown) << status << body;
  }
  next_ = JsonAnswer(200, std::string(2 << 20, ' ') + "{}");
  EXPECT_EQ(service_->LogIn("rosa", "right").code(), Code::kSlowDown) << "too much";
  kv_.failing = "tarn-keys/rosa";
  EXPECT_EQ(WhoOf(service_->LogIn("rosa", "right")), "rosa") << "one of them knows enough";
  EXPECT_EQ(service_->LogIn("rosa", "wrong").code(), Code::kIo);
}

TEST_F(SignOnTest, AServiceThatHangsHoldsUpFewOnly) {
  std::promise<void> refused;
  hold_ = refused.get_future();
  std::atomic<int> refusals = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 9; ++i) {
    clients.emplace_back([&] {
      const auto login = service_->LogIn("rosa", "right");
      if (login.status().message() != "too many passwords are being checked") return;
      ++refusals;
      refused.set_value();
    });
  }
  for (std::thread& client : clients) client.join();
  if (refusals == 0) refused.set_value();
  EXPECT_EQ(refusals, 1);
  EXPECT_EQ(WhoOf(service_->LogIn("rosa", "right")), "rosa") << "places become free";
}

TEST_F(SignOnTest, ACodeIsAnHourOfItsUser) {
  ASSERT_EQ(Who("", Oidc({{"sub", "zoe"}, {"tenant", "t1"}})), "zoe");
  const auto with = [&](std::string_view claims, std::optional<int64_t> seconds = {}) {
    const std::string code = "{\"claims\": " + std::string(claims) + "}";
    return service_->LogInWithCode({code, "state", "http://x/cb"}, seconds);
  };
  constexpr std::string_view kZoe = R"({"sub": "zoe", "org": "o1"})";
  const auto login = with(kZoe);
  EXPECT_EQ(WhoOf(login), "zoe");
  EXPECT_EQ(login->expires_seconds, clock_.seconds + 3600);
  EXPECT_EQ(login->cookie, "");
  EXPECT_EQ(with(kZoe, 90)->expires_seconds, clock_.seconds + 90);
  EXPECT_EQ(with(kZoe, 99'999)->expires_seconds, clock_.seconds + 43'200);
  EXPECT_EQ(with(kZoe, 0).code(), Code::kInvalidRequest);
  EXPECT_EQ(with(kZoe, -10).code(), Code::kInvalidRequest);
  EXPECT_EQ(with(R"({"sub": "zoe", "org": "o2"})").status().message(), "Unauthorized");
  EXPECT_EQ(with(R"({"org": "o1"})").status().message(), "Unauthorized");
  EXPECT_EQ(with(R"({"sub": "new", "org": "o1"})").code(), Code::kNotFound);
  EXPECT_EQ(with("null").code(), Code::kSlowDown);
  next_ = JsonAnswer(400, "{}");
  EXPECT_EQ(with(kZoe).code(), Code::kInvalidRequest);
  next_ = JsonAnswer(401, "{}");
  EXPECT_EQ(with(kZoe).status().message(), "Unauthorized");
  next_ = JsonAnswer(404, "{}");
  EXPECT_EQ(with(kZoe).code(), Code::kSlowDown);
}

TEST_F(SignOnTest, APrincipalIsItsUser) {
  ASSERT_TRUE(service_->directory().AddPrincipal({"p1", "admin"}).ok());
  const auto as = [&](const char* identity, int64_t seconds = 0) {
    return service_->LogInPrincipal(ParseJson(identity).value(), seconds);
  };
  EXPECT_EQ(WhoOf(as(R"({"id": "p1"})")), "admin");
  EXPECT_EQ(as(R"({"id": "p1"})")->expires_seconds, clock_.seconds + 7 * 86400);
  EXPECT_EQ(as(R"({"id": "p1"})", 60)->expires_seconds, clock_.seconds + 60);
  EXPECT_EQ(as(R"({"id": "p1"})", -5)->expires_seconds, clock_.seconds + 7 * 86400);
  EXPECT_EQ(as(R"({"id": "p1"})", 100'000'000)->expires_seconds, clock_.seconds + 14 * 86400);
  EXPECT_EQ(as(R"({"id": "p2"})").code(), Code::kNotFound);
  EXPECT_EQ(as(R"({"id": ""})").code(), Code::kNotFound);
  EXPECT_EQ(as("{}").code(), Code::kSlowDown) << "an answer without an id";
  next_ = JsonAnswer(401, "{}");
  EXPECT_EQ(as("{}").status().message(), "invalid token format");
  next_ = JsonAnswer(403, "{}");
  EXPECT_EQ(as("{}").code(), Code::kForbidden);
  next_ = JsonAnswer(503, "{}");
  EXPECT_EQ(as("{}").code(), Code::kSlowDown);
}

}  // namespace
}  // namespace tarn::auth
