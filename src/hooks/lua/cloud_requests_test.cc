// What clients of cloud services send: the recordings of the reference end before the network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include "block/azure/shared_key.h"
#include "codec/json.h"
#include "hooks/lua/testing/fake_network.h"
#include "hooks/lua/testing/script_run.h"

namespace tarn::hooks::lua {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Answers the first request with the first answer, and so on.
class ListNetwork : public Network {
 public:
  std::vector<Answer> answers;
  std::vector<Request> requests;

  Result<Answer> Do(const Request& request, const std::function<bool()>&) override {
    requests.push_back(request);
    if (requests.size() > answers.size()) return Status(Code::kIo, "EOF");
    return answers[requests.size() - 1];
  }
  std::string Header(size_t request, std::string_view name) const {
    return std::string(testing::FakeNetwork::HeaderOf(requests.at(request), name));
  }
};

class CloudTest : public ::testing::Test {
 protected:
  std::string Print(const std::string& source) {
    testing::ScriptRun run;
    run.script.source = source;
    run.script.network = &network_;
    run.script.args = args_;
    EXPECT_TRUE(run.Run().ok()) << run.output;
    return run.output;
  }

  ListNetwork network_;
  Json args_{Json::Object()};
};

const std::string kAzure = R"(local c = require("azure").blob_client("acc", "a2V5") )";

TEST_F(CloudTest, AzureRequestsAreSigned) {
  network_.answers = {{.status = 201}};
  EXPECT_EQ(Print(kAzure + R"(print(c.put_object("box/a b/ü", "data")))"), "\n");
  const Network::Request& sent = network_.requests.at(0);
  EXPECT_EQ(sent.method, "PUT");
  EXPECT_EQ(sent.url, "https://acc.blob.core.windows.net/box/a%20b/%C3%BC");
  EXPECT_EQ(sent.body, "data");
  EXPECT_EQ(network_.Header(0, "x-ms-blob-type"), "BlockBlob");
  block::azure::Pairs signed_headers;
  for (const auto& header : sent.headers) {
    if (header.first != "Authorization") signed_headers.push_back(header);
  }
  const block::azure::Pairs no_query;
  EXPECT_EQ(network_.Header(0, "Authorization"),
            block::azure::Authorization({"acc", "key"},
                                        {"PUT", "/box/a%20b/%C3%BC", no_query, signed_headers, 4}));
}

TEST_F(CloudTest, AzureAnswers) {
  network_.answers = {{.status = 200, .body = "text"},
                      {.status = 404, .headers = {{"X-Ms-Error-Code", "BlobNotFound"}}},
                      {.status = 404, .headers = {{"x-ms-error-code", "ContainerNotFound"}}},
                      {.status = 202},
                      {.status = 404, .headers = {{"x-ms-error-code", "BlobNotFound"}}},
                      {.status = 403}};
  EXPECT_EQ(Print(kAzure + R"(
                print(c.get_object("box/a"))
                print(c.get_object("box/a"))
                print(pcall(c.get_object, "box/a"))
                print(pcall(c.delete_object, "box/a"))
                print(pcall(c.delete_object, "box/a"))
                print(pcall(c.put_object, "box/a", "x"))
                print(pcall(c.put_object, "box/a", "x")))"),
            "text\ttrue\n"
            "\tfalse\n"
            "false\tazure client: get object: status 404, ERROR CODE: ContainerNotFound\n"
            "true\n"
            "false\tazure client: delete object: status 404, ERROR CODE: BlobNotFound\n"
            "false\tazure client: put object: status 403, ERROR CODE: \n"
            "false\tEOF\n");
}

TEST_F(CloudTest, AzureAccountsAreNames) {
  EXPECT_EQ(Print(R"(for _, name in ipairs({"", "a.b", "x@h/", "a/b", "A", "a:1"}) do
                       print((pcall(require("azure").blob_client, name, "a2V5")))
                     end
                     print((pcall(require("azure").blob_client, "a", "no base64 !"))))"),
            "false\nfalse\nfalse\nfalse\nfalse\nfalse\nfalse\n");
}

class GcloudTest : public CloudTest {
 protected:
  GcloudTest() {
    network_.answers = {{.status = 200, .body = R"({"access_token":"tok","expires_in":99})"},
                        {.status = 200, .body = "{}"}};
    args_ = Json(Json::Object{
        {"json", Json(R"({"type":"authorized_user","client_id":"i&d","client_secret":"s",)"
                      R"("refresh_token":"r"})")}});
  }
  /// The target of the link that a call makes.
  std::string Target(const std::string& arguments) {
    network_.requests.clear();
    Print("require('gcloud').gs_client(args.json).write_fuse_symlink(" + arguments + ")");
    std::string metadata;
    EXPECT_TRUE(
        re2::RE2::PartialMatch(network_.requests.at(1).body, R"(\r\n\r\n(\{.*\})\r\n)", &metadata));
    const auto document = ParseJson(metadata);
    return std::string(
        document->Find("metadata")->StringAt("gcsfuse_symlink_target").value_or("-"));
  }
};

TEST_F(GcloudTest, LinkIsStoredWithAToken) {
  EXPECT_EQ(Target(R"("gs://src/a/b", "gs://out/c d/e", {from = "gs://src/", to = "/mnt"})"),
            "/mnt/a/b");
  EXPECT_EQ(network_.requests.at(0).url, "https://oauth2.googleapis.com/token");
  EXPECT_EQ(network_.requests.at(0).body,
            "grant_type=refresh_token&client_id=i%26d&client_secret=s&refresh_token=r");
  EXPECT_EQ(network_.requests.at(1).method, "POST");
  EXPECT_EQ(network_.requests.at(1).url,
            "https://storage.googleapis.com/upload/storage/v1/b/out/o"
            "?uploadType=multipart&name=c%20d%2Fe");
  EXPECT_EQ(network_.Header(1, "Authorization"), "Bearer tok");
  EXPECT_THAT(network_.Header(1, "Content-Type"), StartsWith("multipart/related; boundary="));
  EXPECT_THAT(network_.requests.at(1).body, HasSubstr(R"({"name":"c d/e","metadata":{)"));
}

TEST_F(GcloudTest, Targets) {
  EXPECT_EQ(Target(R"("gs://src/a", "gs://o/k", {})"), "gs://src/a");
  EXPECT_EQ(Target(R"("gs://src/a", "gs://o/k", {from = "gs://src"})"), "/a");
  EXPECT_EQ(Target(R"("gs://src/a", "gs://o/k", {from = "other"})"), "gs://src/a");
  EXPECT_EQ(Target(R"("gs://src/a", "gs://o/k", {to = "/mnt//"})"), "/mnt/gs://src/a");
  EXPECT_EQ(Target(R"("gs://src/a", "gs://o/k", {from = "gs://src", to = "/mnt/"})"), "/mnt/a");
}

TEST_F(GcloudTest, Failures) {
  network_.answers[1] = {.status = 403};
  EXPECT_EQ(Print(R"(local c = require("gcloud").gs_client(args.json)
                     print(pcall(c.write_fuse_symlink, "x", "gs://b/k", {}))
                     print(pcall(c.write_fuse_symlink, "x", "gs://b/k", {})))"),
            "false\tcould not write the link gs://b/k: status 403\n"
            "false\tcould not initialize google storage client: EOF\n");
  for (const char* output : {"s3://b/k", "gs://b", "gs://b/", "gs:///k", ""}) {
    network_.requests.clear();
    EXPECT_EQ(
        Print("print(pcall(require('gcloud').gs_client(args.json).write_fuse_symlink, 'x', '" +
              std::string(output) + "', {}))"),
        "false\tcould not parse destination storage URI: " + std::string(output) + "\n");
  }
}

}  // namespace
}  // namespace tarn::hooks::lua
