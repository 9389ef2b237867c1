#include "block/azure/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/testing/temp_directory.h"
#include "http/testing/scripted_server.h"

namespace tarn::block::azure {
namespace {

using http::Asked;
using testing::HasSubstr;
using testing::Not;

class FixedClock : public Clock {
 public:
  Timestamp Now() override { return {1000, 0}; }
  int64_t MonotonicMs() override { return 0; }
};

class AzureTokensTest : public testing::Test {
 protected:
  AzureTokensTest()
      : server_({"/tenant/oauth2/v2.0/token", "/metadata/identity/oauth2/token", "/app"},
                [this](const Asked&) { return http::Text(answer_, status_); }) {}

  /// "token expires", or the failure.
  std::string Fetch() {
    const auto source = MakeTokenSource(clock_, [this](const char* name) {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::string() : found->second;
    });
    const auto fetched = source->Fetch();
    if (!fetched.ok()) return fetched.status().ToString();
    return (*fetched)->text + " " + std::to_string((*fetched)->expires_seconds.value_or(-1));
  }

  FixedClock clock_;
  std::map<std::string, std::string> variables_;
  std::string answer_ = R"({"access_token": "abc", "expires_in": 3599, "token_type": "Bearer"})";
  int status_ = 200;
  http::ScriptedServer server_;
};

TEST_F(AzureTokensTest, OfAClientWithASecret) {
  variables_ = {{"AZURE_TENANT_ID", "tenant"},
                {"AZURE_CLIENT_ID", "the client"},
                {"AZURE_CLIENT_SECRET", "s+cret&"},
                {"AZURE_AUTHORITY_HOST", server_.url()}};
  EXPECT_EQ(Fetch(), "abc 4599");
  EXPECT_EQ(server_.asked().at(0).body,
            "grant_type=client_credentials&client_id=the+client"
            "&scope=https%3A%2F%2Fstorage.azure.com%2F.default&client_secret=s%2Bcret%26");
  status_ = 401;
  answer_ = R"({"error": "s+cret& is wrong"})";
  EXPECT_EQ(Fetch(), "unauthenticated: token of the client: status 401");
  status_ = 503;
  EXPECT_THAT(Fetch(), HasSubstr("token of the client: status 503"));
}

TEST_F(AzureTokensTest, OfAWorkload) {
  TempDirectory directory;
  const std::string path = directory.path() + "/token";
  variables_ = {{"AZURE_TENANT_ID", "tenant"},
                {"AZURE_CLIENT_ID", "client"},
                {"AZURE_FEDERATED_TOKEN_FILE", path},
                {"AZURE_AUTHORITY_HOST", server_.url() + "/"}};
  EXPECT_THAT(Fetch(), HasSubstr("cannot read the workload's token " + path));
  std::ofstream(path) << "a.b.c\n";
  EXPECT_EQ(Fetch(), "abc 4599");
  EXPECT_THAT(server_.asked().at(0).body,
              HasSubstr("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type"
                        "%3Ajwt-bearer&client_assertion=a.b.c"));
}

TEST_F(AzureTokensTest, OfTheMachine) {
  variables_ = {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", server_.url()},
                {"AZURE_CLIENT_ID", "client"}};
  answer_ = R"({"access_token": "abc", "expires_on": "4700", "expires_in": "1"})";
  EXPECT_EQ(Fetch(), "abc 4700");
  const Asked asked = server_.asked().at(0);
  EXPECT_EQ(asked.Get("Metadata"), "true");
  EXPECT_EQ(asked.query.Get("resource"), "https://storage.azure.com");
  EXPECT_EQ(asked.query.Get("client_id"), "client");
}

TEST_F(AzureTokensTest, OfAnApp) {
  variables_ = {{"IDENTITY_ENDPOINT", server_.url() + "/app"}, {"IDENTITY_HEADER", "header"}};
  EXPECT_EQ(Fetch(), "abc 4599");
  EXPECT_EQ(server_.asked().at(0).Get("X-IDENTITY-HEADER"), "header");
}

TEST_F(AzureTokensTest, AnswersThatAreNoneAreFailures) {
  variables_ = {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", server_.url()}};
  for (const std::string_view bad :
       {"", "[]", R"({"access_token": "secret"})", R"({"expires_in": 5})",
        R"({"access_token": "secret\r\nX: y", "expires_in": 5})",
        R"({"access_token": "secret", "expires_in": "soon"})"}) {
    answer_ = bad;
    EXPECT_EQ(Fetch(), "io: token of the managed identity: the answer is not complete") << bad;
  }
}

TEST_F(AzureTokensTest, OtherWaysAreRefused) {
  for (const char* const other : {"AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_USERNAME",
                                  "IMDS_ENDPOINT", "MSI_ENDPOINT", "IDENTITY_ENDPOINT"}) {
    variables_ = {{other, "x"}};
    EXPECT_THAT(Fetch(), HasSubstr(std::string(other) + " is not supported"));
  }
}

}  // namespace
}  // namespace tarn::block::azure
