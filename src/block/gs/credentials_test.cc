// Service accounts, tokens, signed URLs and failures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/testing/temp_directory.h"
#include "block/gs/failures.h"
#include "block/gs/signed_url.h"
#include "block/gs/testing/scripted_gs.h"
#include "codec/json.h"

namespace tarn::block::gs {
namespace {

using testing::HasSubstr;
using testing::Not;

ServiceAccount Example() { return *ReadServiceAccount(kExampleAccount); }

struct Vector {
  std::string method;
  Place place;
  QueryPairs query;
  int64_t now_seconds, seconds;
  std::string signature_begin;
};

/// Of storage/v1/v4_signatures.json in googleapis/conformance-tests.
TEST(SignedUrl, IsThatOfTheConformanceTests) {
  constexpr int64_t kFebruary = 1'549'011'600, kMarch = 1'551'430'800;
  const Vector vectors[] = {
      {"GET",
       {"test-bucket", "test-object"},
       {},
       kFebruary,
       10,
       "95e6a13d43a1d1962e667f17397f2b80"},
      {"PUT",
       {"test-bucket", "test-object"},
       {},
       kFebruary,
       10,
       "8adff1d4285739e31aa68e73767a46bc"},
      {"GET", {"test-bucket", "test-object"}, {}, kMarch, 20, "9669ed5b10664dc594c758296580662912"},
      {"GET",
       {"test-bucket2", "test-object2"},
       {},
       kFebruary,
       10,
       "36e3d58dfd3ec1d2dd2f24b5ee372a71"},
      {"GET",
       {"test-bucket", "test-object"},
       {{"souffl\xc3\xa9", "=%-_.~"}},
       kFebruary,
       10,
       "38dd9ca622b80bca10f405e7d9ba0f0f"},
      {"GET",
       {"test-bucket", "test-object"},
       {{"prefix", "/foo"}, {"X-Goog-Meta-Foo", "bar"}},
       kFebruary,
       10,
       "a07745e1b3d59b85cbe11aa766df72c2"}};
  const Endpoint cloud = *EndpointOf("");
  for (const Vector& vector : vectors) {
    const auto url = SignUrl(Example(), cloud, {vector.method, vector.place, vector.query},
                             vector.now_seconds, vector.seconds);
    ASSERT_TRUE(url.ok());
    EXPECT_THAT(*url, HasSubstr("&X-Goog-Signature=" + vector.signature_begin));
  }
  const auto url =
      SignUrl(Example(), cloud, {"GET", {"test-bucket", "test-object"}}, kFebruary, 10);
  EXPECT_EQ(
      *url,
      "https://storage.googleapis.com/test-bucket/test-object?X-Goog-Algorithm=GOOG4-RSA-SHA256"
      "&X-Goog-Credential=test-iam-credentials%40dummy-project-id.iam.gserviceaccount.com%2F2019"
      "0201%2Fauto%2Fstorage%2Fgoog4_request&X-Goog-Date=20190201T090000Z&X-Goog-Expires=10"
      "&X-Goog-SignedHeaders=host&X-Goog-Signature=95e6a13d43a1d1962e667f17397f2b80ac9bdd1669210d5e"
      "08e0135df9dff4e56113485dbe429ca2266487b9d1796ebdee2d7cf682a6ef3bb9fbb4c351686fba90d7b621cf1c"
      "4eb1fdf126460dd25fa0837dfdde0a9fd98662ce60844c458448fb2b352c203d9969cb74efa4bdb742287744a4f2"
      "308afa4af0e0773f55e32e92973619249214b97283b2daa14195244444e33f938138d1e5f561088ce8011f4986dd"
      "a33a556412594db7c12fc40e1ff3f1bedeb7a42f5bcda0b9567f17f65855f65071fabb88ea12371877f3f77f10e1"
      "466fff6ff6973b74a933322ff0949ce357e20abe96c3dd5cfab42c9c83e740a4d32b9e11e146f0eb3404d2e97589"
      "6f74");
}

TEST(ServiceAccount, SaysWhatIsWrongAndNothingElse) {
  const std::string good(kExampleAccount);
  const auto without = [&](const std::string& part) {
    std::string text = good;
    return text.replace(text.find(part), part.size(), "secret");
  };
  for (const std::string& bad :
       {std::string(), std::string("secret"), std::string("[\"secret\"]"),
        without("service_account"), without("client_email"), without("-----BEGIN PRIVATE KEY-----"),
        without("private_key\""), good + "secret", without("https://oauth2")}) {
    const auto account = ReadServiceAccount(bad);
    EXPECT_EQ(account.code(), Code::kInvalidValue) << bad;
    EXPECT_THAT(account.status().ToString(), Not(HasSubstr("secret"))) << bad;
    EXPECT_THAT(account.status().ToString(), Not(HasSubstr("MIIE")));
  }
}

class SetClock : public Clock {
 public:
  Timestamp Now() override { return {1'700'000'000, 0}; }
  int64_t MonotonicMs() override { return 0; }
};

/// A service of tokens; the test says what it answers.
class TokensTest : public testing::Test {
 protected:
  TokensTest()
      : server_({"/token", "/computeMetadata/v1/instance/service-accounts/default/token"},
                [this](const Asked&) { return JsonAnswer(answer_, status_); }) {}
  std::string Account() const {
    std::string text(kExampleAccount);
    const std::string url = "https://oauth2.googleapis.com/token";
    return text.replace(text.find(url), url.size(), server_.url() + "/token");
  }
  Result<Credentials> Find(const CredentialOptions& options) {
    return FindCredentials(options, clock_,
                           [this](const char* name) { return environment_[name]; });
  }
  std::string answer_ = R"({"access_token":"ya29.secret","expires_in":3599})";
  int status_ = 200;
  std::map<std::string, std::string> environment_;
  SetClock clock_;
  ScriptedServer server_;
};

TEST_F(TokensTest, OfAServiceAccount) {
  const auto found = Find({.file = "", .json = Account()});
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_TRUE(found->account);
  const auto token = found->tokens->Fetch();
  ASSERT_TRUE(token.ok()) << token.status().ToString();
  EXPECT_EQ((*token)->value, "ya29.secret");
  EXPECT_EQ((*token)->expires_seconds, 1'700'003'599);
  const Query form(server_.asked().at(0).body);
  EXPECT_EQ(form.Get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
  const std::string jwt(form.Get("assertion"));
  const size_t first = jwt.find('.'), second = jwt.rfind('.');
  EXPECT_EQ(*DecodeBase64(jwt.substr(0, first), Base64::kUrlUnpadded),
            R"({"alg":"RS256","typ":"JWT","kid":"ffffffffffffffffffffffffffffffffffffffff"})");
  const auto claims =
      ParseJson(*DecodeBase64(jwt.substr(first + 1, second - first - 1), Base64::kUrlUnpadded));
  EXPECT_EQ(claims->StringAt("aud"), server_.url() + "/token");
  EXPECT_EQ(claims->IntAt("exp"), 1'700'003'600);
  EXPECT_EQ(*DecodeBase64(jwt.substr(second + 1), Base64::kUrlUnpadded),
            *Example().key.Sign(jwt.substr(0, second)));
}

TEST_F(TokensTest, AnswersAreChecked) {
  const auto found = Find({.file = "", .json = Account()});
  for (const std::string_view bad :
       {"", "{}", "[]", R"({"access_token":"ya29.secret"})",
        R"({"access_token":"","expires_in":3})", R"({"access_token":"ya29.secret","expires_in":0})",
        R"({"access_token":"secret\r\nX: y","expires_in":3})"}) {
    answer_ = bad;
    const auto token = found->tokens->Fetch();
    EXPECT_EQ(token.code(), Code::kIo) << bad;
    EXPECT_THAT(token.status().ToString(), Not(HasSubstr("secret"))) << bad;
  }
  answer_ = "secret";
  status_ = 400;
  EXPECT_EQ(found->tokens->Fetch().status().message(), "token of the service account: status 400");
  status_ = 503;
  EXPECT_EQ(found->tokens->Fetch().code(), Code::kSlowDown);
}

TEST_F(TokensTest, OfTheMachine) {
  environment_["GCE_METADATA_HOST"] = server_.url().substr(std::string_view("http://").size());
  const auto found = Find({});
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_FALSE(found->account);
  EXPECT_EQ(found->tokens->Fetch().value()->value, "ya29.secret");
  EXPECT_EQ(server_.asked().at(0).Get("Metadata-Flavor"), "Google");
  status_ = 404;
  EXPECT_FALSE(found->tokens->Fetch().value());
}

TEST_F(TokensTest, FilesComeFirst) {
  TempDirectory directory;
  const auto write = [&](const std::string& name, std::string_view text) {
    const std::string path = directory.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  };
  environment_["GOOGLE_APPLICATION_CREDENTIALS"] = write("account", kExampleAccount);
  EXPECT_TRUE(Find({})->account);
  EXPECT_TRUE(Find({.file = "", .json = std::string(kExampleAccount)})->account);
  const auto user = Find({.file = write("user", R"({"type":"authorized_user","client_id":"c",)"
                                                R"("client_secret":"s","refresh_token":"r"})"),
                          .json = ""});
  ASSERT_TRUE(user.ok()) << user.status().ToString();
  EXPECT_FALSE(user->account);
  EXPECT_EQ(Find({.file = directory.path() + "/none", .json = ""}).code(), Code::kInvalidValue);
  EXPECT_EQ(Find({.file = "", .json = R"({"type":"external_account"})"}).code(),
            Code::kUnsupported);
}

TEST(GsClient, RefusedTokensAreReplaced) {
  int fetched = 0, asked_count = 0;
  bool accepts = true;
  ScriptedServer server({"/storage/v1/b/b/o/k"}, [&](const Asked& asked) {
    ++asked_count;
    return accepts && asked.Get("Authorization") == "Bearer token-2" ? JsonAnswer("{}")
                                                                     : Refuse(401, "authError");
  });
  Client client(*EndpointOf(server.url()), TestTransport(), std::make_unique<TestTokens>(&fetched),
                SystemClock());
  const Request request{.operation = "x", .place = {"b", "k"}, .path = ObjectPath({"b", "k"})};
  EXPECT_TRUE(client.Call(request).ok());
  EXPECT_TRUE(client.Call(request).ok());
  EXPECT_EQ(asked_count, 3);
  accepts = false;
  const auto refused = client.Call(request);
  EXPECT_EQ(refused.code(), Code::kIo);
  EXPECT_EQ(refused.status().message(),
            "GCS x of b/k: status 401 authError: why (check the credentials)");
  EXPECT_EQ(asked_count, 5);
}

TEST(GsClient, Endpoints) {
  EXPECT_EQ(EndpointOf("")->server, "https://storage.googleapis.com");
  EXPECT_EQ(EndpointOf("localhost:4443")->server, "http://localhost:4443");
  EXPECT_EQ(EndpointOf("https://x:1/")->host, "x:1");
  for (const std::string_view bad : {"ftp://x", "http://", "http://x/path", "http://x:y"}) {
    EXPECT_EQ(EndpointOf(bad).code(), Code::kInvalidValue) << bad;
  }
}

TEST(GsFailures, AreOurCodes) {
  struct Case {
    int status;
    std::string_view body;
    Code code;
  };
  const Case cases[] = {
      {404,
       R"({"error":{"code":404,"message":"No such object: b/k",)"
       R"("errors":[{"reason":"notFound"}]}})",
       Code::kDataNotFound},
      {404, R"({"error":{"message":"The specified bucket does not exist."}})", Code::kIo},
      {404, "<Error><Code>NoSuchKey</Code></Error>", Code::kDataNotFound},
      {404, "<?xml version='1.0'?><Error><Code>NoSuchBucket</Code></Error>", Code::kIo},
      {404, "Not Found", Code::kDataNotFound},
      {403, R"({"error":{"errors":[{"reason":"rateLimitExceeded"}]}})", Code::kSlowDown},
      {403, R"({"error":{"errors":[{"reason":"forbidden"}]}})", Code::kIo},
      {400, R"({"error":3})", Code::kIo},
      {400, R"({"error":{"errors":[3]}})", Code::kIo},
      {400, "<Error><Code>ResourceNotEncryptedWithCustomerEncryptionKey</Code></Error>",
       Code::kInvalidValue},
      {408, "", Code::kSlowDown},
      {409, "", Code::kSlowDown},
      {410, "", Code::kIo},
      {412, "", Code::kPreconditionFailed},
      {416, "", Code::kRangeUnsatisfiable},
      {429, "{", Code::kSlowDown},
      {500, "<", Code::kSlowDown},
      {501, "", Code::kUnsupported},
      {503, "Service Unavailable", Code::kSlowDown}};
  for (const Case& failure : cases) {
    EXPECT_EQ(ToStatus(ReadFailure(failure.status, failure.body), "x", "b/k").code(), failure.code)
        << failure.status << failure.body;
  }
}

}  // namespace
}  // namespace tarn::block::gs
