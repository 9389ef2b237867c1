#include "http/aws/credential_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/testing/temp_directory.h"
#include "http/testing/test_server.h"

namespace tarn::http::aws {
namespace {

using testing::HasSubstr;

class CredentialSourcesTest : public testing::Test {
 protected:
  CredentialSourcesTest() {
    variables_ = {{"HOME", directory_.path()}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  }

  /// "key secret token expires", or the failure.
  std::string Fetch(const CredentialOptions& options = {}) {
    const auto source = MakeCredentialSource(options, SystemClock(), [this](const char* name) {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::string() : found->second;
    });
    const auto fetched = source->Fetch();
    if (!fetched.ok()) return fetched.status().ToString();
    if (!*fetched) return "none";
    const Credentials& keys = **fetched;
    return keys.access_key_id + " " + keys.secret_access_key + " " + keys.session_token + " " +
           (keys.expires_seconds ? std::to_string(*keys.expires_seconds) : "never");
  }
  std::string Region(const std::string& profile = "") {
    return FindRegion(profile, [this](const char* name) {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::string() : found->second;
    });
  }
  std::string Write(const std::string& name, std::string_view text) {
    const std::string path = directory_.path() + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }
  /// Answers a path with text, and keeps what was asked.
  void Serve(const std::string& path, const std::string& text, int status = 200) {
    server_.Route(path, [this, text, status] {
      Script script;
      script.plan = http::BodyPlan::kBuffered;
      script.body_bytes_max = 1 << 20;
      script.answer = [this, text, status](const RequestHead& head, std::string_view body) {
        asked_ = std::string(head.method) + " " + std::string(body);
        header_ = head.Get(header_name_);
        return http::Text(text, status);
      };
      return script;
    });
  }

  TempDirectory directory_;
  std::map<std::string, std::string, std::less<>> variables_;
  TestServer server_;
  std::string asked_, header_, header_name_ = "Authorization";
};

constexpr std::string_view kJsonKeys =
    R"({"Code":"Success","AccessKeyId":"JK","SecretAccessKey":"JS","Token":"JT",)"
    R"("Expiration":"2013-05-24T00:00:00Z"})";
constexpr std::string_view kXmlKeys =
    "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
    "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>XK</AccessKeyId>"
    "<SecretAccessKey>XS</SecretAccessKey><SessionToken>XT</SessionToken>"
    "<Expiration>2013-05-24T00:00:00Z</Expiration></Credentials>"
    "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

TEST_F(CredentialSourcesTest, ComeInTheUsualOrder) {
  EXPECT_EQ(Fetch(), "none");
  Write(".aws/credentials",
        "[default]\naws_access_key_id=DK\naws_secret_access_key=DS\n"
        "[dev]\naws_access_key_id=PK\naws_secret_access_key=PS\naws_session_token=PT\n");
  EXPECT_EQ(Fetch(), "DK DS  never");
  variables_["AWS_PROFILE"] = "dev";
  EXPECT_EQ(Fetch(), "PK PS PT never");
  variables_["AWS_ACCESS_KEY_ID"] = "EK";
  EXPECT_EQ(Fetch(), "PK PS PT never") << "half a key is none";
  variables_["AWS_SECRET_ACCESS_KEY"] = "ES";
  EXPECT_EQ(Fetch(), "EK ES  never");
  EXPECT_EQ(Fetch({.profile = "dev"}), "PK PS PT never") << "it was named";
  EXPECT_THAT(Fetch({.profile = "nobody"}), HasSubstr("profile nobody"));
  EXPECT_EQ(Fetch({.fixed = {"FK", "FS", "", {}}, .profile = "dev"}), "FK FS  never");
}

TEST_F(CredentialSourcesTest, RegionsComeFromTheSamePlaces) {
  EXPECT_EQ(Region(), "");
  Write(".aws/config", "[default]\nregion = eu-west-1\n[profile dev]\nregion=eu-west-2\n");
  EXPECT_EQ(Region(), "eu-west-1");
  EXPECT_EQ(Region("dev"), "eu-west-2");
  EXPECT_EQ(Region("nobody"), "");
  variables_["AWS_PROFILE"] = "dev";
  EXPECT_EQ(Region(), "eu-west-2");
  variables_["AWS_DEFAULT_REGION"] = "us-west-1";
  EXPECT_EQ(Region("dev"), "us-west-1");
  variables_["AWS_REGION"] = "us-west-2";
  EXPECT_EQ(Region(), "us-west-2");
}

TEST_F(CredentialSourcesTest, FilesMayLieElsewhere) {
  const std::string keys = "[default]\naws_access_key_id=K\naws_secret_access_key=";
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = Write("by-variable", keys + "variable");
  EXPECT_EQ(Fetch(), "K variable  never");
  EXPECT_EQ(Fetch({.credentials_file = Write("by-setting", keys + "setting")}), "K setting  never");
  Write(".aws/config", "[profile other]\ncredential_process=/bin/x\n");
  EXPECT_THAT(Fetch({.profile = "other"}), HasSubstr("credential_process is not supported"));
}

TEST_F(CredentialSourcesTest, WebIdentity) {
  Serve("/", std::string(kXmlKeys));
  variables_["AWS_ENDPOINT_URL_STS"] = server_.url("");
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  variables_["AWS_ROLE_SESSION_NAME"] = "session";
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = Write("token", "to.k+en\n");
  EXPECT_EQ(Fetch({.web_identity_seconds = 1800}), "XK XS XT 1369353600");
  EXPECT_EQ(asked_,
            "POST Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn="
            "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=session&WebIdentityToken=to.k%2Ben"
            "&DurationSeconds=1800");
  Serve("/", "<Error>to.k+en</Error>", 403);
  EXPECT_EQ(Fetch(), "io: credentials of the web identity: status 403");
  Serve("/", std::string(kXmlKeys.substr(0, 300)));
  EXPECT_THAT(Fetch(), HasSubstr("not complete"));
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/nowhere";
  EXPECT_THAT(Fetch(), HasSubstr("/nowhere"));
}

TEST_F(CredentialSourcesTest, Container) {
  Serve("/keys", std::string(kJsonKeys));
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server_.url("/keys");
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "plain";
  EXPECT_EQ(Fetch(), "JK JS JT 1369353600");
  EXPECT_EQ(header_, "plain");
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = Write("token", "of the file\n");
  EXPECT_EQ(Fetch(), "JK JS JT 1369353600");
  EXPECT_EQ(header_, "of the file");
  for (const std::string_view broken : {"", "{}", "[]", "{\"AccessKeyId\":1}"}) {
    Serve("/keys", std::string(broken));
    EXPECT_THAT(Fetch(), HasSubstr("not complete")) << broken;
  }
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://somewhere.else/keys";
  EXPECT_THAT(Fetch(), HasSubstr("in clear text only this machine is asked"));
}

TEST_F(CredentialSourcesTest, Instance) {
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1/";
  EXPECT_EQ(Fetch(), "none");
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server_.url("/");
  header_name_ = "X-aws-ec2-metadata-token";
  const std::string roles = "/latest/meta-data/iam/security-credentials/";
  Serve("/latest/api/token", "TOKEN");
  Serve(roles, "", 404);
  EXPECT_EQ(Fetch(), "none");
  Serve(roles, "reader\n");
  Serve(roles + "reader", std::string(kJsonKeys));
  EXPECT_EQ(Fetch(), "JK JS JT 1369353600");
  EXPECT_EQ(header_, "TOKEN");
  Serve(roles + "reader", "", 500);
  EXPECT_EQ(Fetch(), "slow down: credentials of the instance: status 500");
}

}  // namespace
}  // namespace tarn::http::aws
