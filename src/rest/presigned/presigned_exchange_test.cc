#include "rest/presigned/presigned_exchange.h"

#include <gmock/gmock.h>
#include <prometheus/registry.h>

#include "base/blocking.h"
#include "catalog/multipart.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "rest/presigned/presign.h"
#include "rest/presigned/presigned_url.h"
#include "serving/testing/logged.h"
#include "versioning/testing/world.h"

namespace tarn::rest {
namespace {

using ::testing::HasSubstr;
using versioning::testing::Must;
using versioning::testing::World;
using Verb = PresignedRequest::Verb;

class PresignedExchangeTest : public ::testing::Test {
 protected:
  PresignedExchangeTest() { services_.options.presign_key = "key"; }

  std::string Url(Verb verb, std::string address) {
    PresignedRequest request;
    request.verb = verb;
    request.storage_namespace = kNamespace;
    request.address = std::move(address);
    request.expires_seconds = kExpires;
    request.content_type = "text/csv";
    request.entity_tag = "tag";
    request.file_name = verb == Verb::kRead ? "a b" : "";
    return PresignedPath("key", request);
  }

  struct Sent {
    std::string method, path;
    std::string body = {};
    std::vector<std::pair<std::string_view, std::string_view>> headers = {};
    bool cut_short = false;
  };
  /// Drives an exchange as the server does; status 0 if the client went away.
  http::Response Send(const Sent& sent) {
    http::RequestHead head;
    head.method = sent.method;
    head.path = head.target = sent.path;
    head.headers = sent.headers;
    head.content_length = static_cast<int64_t>(sent.body.size());
    const auto exchange = StartPresigned(services_, head);
    http::Response response = Drive(*exchange, sent);
    exchange->Finished(response.status, 0);
    return response;
  }
  http::Response Drive(http::Exchange& exchange, const Sent& sent) {
    if (exchange.body_plan() == http::BodyPlan::kStreamed) {
      if (auto refused = exchange.Open()) return *std::move(refused);
      for (const char c : sent.body)
        if (auto refused = exchange.Consume({&c, 1})) return *std::move(refused);
      if (sent.cut_short) return {.status = 0};
    } else {
      const NoBlockingScope scope;
      if (auto answer = exchange.Answer("")) return *std::move(answer);
      ++waited_;
    }
    return exchange.Answer("").value();
  }
  http::Response Get(const std::string& path, std::string_view range = {}) {
    if (range.empty()) return Send({.method = "GET", .path = path});
    return Send({.method = "GET", .path = path, .headers = {{"Range", range}}});
  }
  static std::string BodyOf(http::Response response) {
    if (auto* text = std::get_if<std::string>(&response.body)) return *text;
    auto& stream = std::get<http::StreamBody>(response.body);
    std::string body(1000, '\0');
    body.resize(Must(stream.source->Read(body)));
    return body;
  }
  void Put(const std::string& address, std::string_view bytes) {
    TARN_EXPECT_OK(block::PutObject(world_.objects, {kNamespace, address}, bytes));
  }
  bool Exists(const std::string& address) {
    return Must(world_.objects.Stat({kNamespace, address})).has_value();
  }
  std::string Stored(const std::string& address) {
    return Must(block::GetObject(world_.objects, {kNamespace, address}, 1000));
  }

  static constexpr const char* kNamespace = "mem://bucket/repo";
  static constexpr int64_t kExpires = 1'700'010'000;
  World world_;
  auth::Service auth_{*world_.kv, world_.clock, *world_.random, {.secret_key = "secret"}};
  catalog::Catalog catalog_{world_.context};
  runtime::BackgroundPool jobs_{{.name = "background"}};
  versioning::JobEngine engine_{world_.context, {jobs_, jobs_}};
  const auth::Authorizer authorizer_;
  prometheus::Registry metrics_;
  serving::UsageCounter usage_{*world_.kv, world_.clock, *world_.random};
  Services services_{{catalog_, auth_, authorizer_, engine_, metrics_, usage_}, {}};
  int waited_ = 0;
};

TEST(FileNameOf, IsTheLastElement) {
  EXPECT_EQ(FileNameOf("a/b/c.csv"), "c.csv");
  EXPECT_EQ(FileNameOf("c.csv"), "c.csv");
  EXPECT_EQ(FileNameOf("a/b/"), "b");
  EXPECT_EQ(FileNameOf("b//"), "b");
  EXPECT_EQ(FileNameOf("//"), "");
}

TEST_F(PresignedExchangeTest, ReadsWholeObjectsAndRanges) {
  Put("data/x", "0123456789");
  const std::string url = Url(Verb::kRead, "data/x");
  http::Response whole = Get(url);
  EXPECT_EQ(waited_, 1) << "a cold object is read on a pool";
  EXPECT_EQ(whole.status, 200);
  for (const char* header : {"ETag: \"tag\"", "Content-Type: text/csv", "Accept-Ranges: bytes",
                             "Content-Disposition: attachment; filename=\"a b\"", "nosniff",
                             "default-src 'none'; sandbox"}) {
    EXPECT_THAT(whole.headers, HasSubstr(header));
  }
  EXPECT_EQ(BodyOf(std::move(whole)), "0123456789");
  http::Response part = Get(url, "bytes=2-4");
  EXPECT_EQ(part.status, 206);
  EXPECT_THAT(part.headers, HasSubstr("Content-Range: bytes 2-4/10"));
  EXPECT_EQ(BodyOf(std::move(part)), "234");
  EXPECT_EQ(BodyOf(Get(url, "bytes=1-2,4-5")), "0123456789") << "several ranges: the whole";
  const http::Response outside = Get(url, "bytes=10-");
  EXPECT_EQ(outside.status, 416);
  EXPECT_THAT(outside.headers, HasSubstr("Content-Range: bytes */10"));
  http::Response head = Send({.method = "HEAD", .path = url});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers, Get(url).headers);
  EXPECT_EQ(BodyOf(std::move(head)), "0123456789") << "the server keeps it back";
  EXPECT_EQ(Get(Url(Verb::kRead, "data/none")).status, 404);
}

TEST_F(PresignedExchangeTest, WritesWhatCameWhole) {
  const std::string url = Url(Verb::kWrite, "data/y");
  EXPECT_EQ(Send({.method = "PUT", .path = url, .body = "half", .cut_short = true}).status, 0);
  EXPECT_FALSE(Exists("data/y"));
  const std::string wrong = EncodeBase64(AsView(Md5("other")));
  EXPECT_EQ(
      Send({.method = "PUT", .path = url, .body = "whole", .headers = {{"Content-MD5", wrong}}})
          .status,
      400);
  EXPECT_FALSE(Exists("data/y"));
  const http::Response put = Send({.method = "PUT", .path = url, .body = "whole"});
  EXPECT_EQ(put.status, 200);
  EXPECT_THAT(put.headers, HasSubstr("ETag: \"356c9ee60e9da05301adc3bd96f6b383\""));
  EXPECT_EQ(Stored("data/y"), "whole");
  const std::string empty = Url(Verb::kWrite, "data/empty");
  EXPECT_EQ(Send({.method = "PUT", .path = empty}).status, 200);
  EXPECT_EQ(Stored("data/empty"), "");
}

TEST_F(PresignedExchangeTest, WritesAnAddressOnce) {
  const std::string url = Url(Verb::kWrite, "data/y");
  EXPECT_EQ(Send({.method = "PUT", .path = url, .body = "first"}).status, 200);
  for (const char* body : {"other", "", "first and more"}) {
    const http::Response refused = Send({.method = "PUT", .path = url, .body = body});
    EXPECT_EQ(refused.status, 412) << body;
    EXPECT_THAT(BodyOf(Send({.method = "PUT", .path = url, .body = body})),
                HasSubstr("other bytes were written to this address already"));
    EXPECT_EQ(Stored("data/y"), "first");
  }
  const http::Response again = Send({.method = "PUT", .path = url, .body = "first"});
  EXPECT_EQ(again.status, 200) << "the answer to the first may have been lost";
  EXPECT_THAT(again.headers, HasSubstr("ETag: \"8b04d5e3775d298e78455efc5ca404d5\""));
}

TEST_F(PresignedExchangeTest, RefusesHeadersThatAskForSomethingElse) {
  const std::string url = Url(Verb::kWrite, "data/y");
  for (const char* header : {"Content-Range", "content-range", "If-Match", "X-Amz-Copy-Source",
                             "x-amz-copy-source-range", "x-amz-server-side-encryption-customer-key",
                             "x-amz-object-lock-mode", "X-HTTP-Method-Override"}) {
    EXPECT_EQ(Send({.method = "PUT", .path = url, .body = "x", .headers = {{header, "v"}}}).status,
              501)
        << header;
    EXPECT_FALSE(Exists("data/y")) << header;
  }
  for (const char* header : {"Content-Type", "x-ms-blob-type", "x-amz-date", "If-None-Match"}) {
    EXPECT_EQ(Send({.method = "PUT", .path = url, .body = "x", .headers = {{header, "v"}}}).status,
              200)
        << header;
  }
}

TEST_F(PresignedExchangeTest, RefusesWhatItDoesNotAllow) {
  Put("data/x", "kept");
  const std::string read = Url(Verb::kRead, "data/x"), write = Url(Verb::kWrite, "data/x");
  for (const char* method : {"PUT", "POST", "DELETE", "PATCH", "OPTIONS", "put", "get"}) {
    EXPECT_EQ(Send({.method = method, .path = read, .body = "x"}).status, 403) << method;
  }
  for (const char* method : {"GET", "HEAD", "DELETE", "POST", "PATCH", "OPTIONS", "put"}) {
    EXPECT_EQ(Send({.method = method, .path = write}).status, 403) << method;
  }
  EXPECT_THAT(BodyOf(Get(read + "x")), HasSubstr("presigned URL is not valid"));
  world_.clock.seconds = kExpires;
  EXPECT_THAT(BodyOf(Get(read)), HasSubstr("presigned URL has expired"));
  EXPECT_EQ(Send({.method = "PUT", .path = write, .body = "x"}).status, 403);
  EXPECT_EQ(Stored("data/x"), "kept");
}

TEST_F(PresignedExchangeTest, RefusalsHaveTheIdThatIsLogged) {
  http::Response refused;
  const std::string log = serving::testing::LoggedBy(
      [&] { refused = Send({.method = "DELETE", .path = Url(Verb::kRead, "data/x")}); });
  constexpr std::string_view kName = "X-Request-ID: ";
  const size_t at = refused.headers.find(kName);
  ASSERT_NE(at, std::string::npos);
  const std::string id = refused.headers.substr(
      at + kName.size(), refused.headers.find("\r\n", at) - at - kName.size());
  EXPECT_FALSE(id.empty());
  EXPECT_THAT(log, HasSubstr("path=\"mem://bucket/repo data/x\""));
  EXPECT_THAT(log, HasSubstr("request_id=" + id + " status_code=403"));
  for (const char* method : {"GET", "PUT"}) {
    const http::Response missing = Send({.method = method, .path = Url(Verb::kRead, "data/none")});
    EXPECT_THAT(missing.headers, HasSubstr(kName)) << method;
  }
  const http::RequestHead head{};
  const auto exchange = StartPresigned(services_, head);
  EXPECT_THAT(exchange->TooLarge().headers, HasSubstr(kName));
  EXPECT_THAT(exchange->Busy().headers, HasSubstr(kName));
}

TEST_F(PresignedExchangeTest, ReadsOnConditions) {
  Put("data/a", "0123456789");
  const std::string url = Url(Verb::kRead, "data/a");
  const auto read = [&](std::string_view name, std::string_view value) {
    return Send({.method = "GET", .path = url, .headers = {{name, value}, {"Range", "bytes=2-4"}}})
        .status;
  };
  EXPECT_EQ(read("If-Match", "\"other\""), 412);
  EXPECT_EQ(read("If-Match", "\"tag\""), 206);
  EXPECT_EQ(read("If-None-Match", "\"tag\""), 304);
  // A range of another state would be put together with bytes that do not fit.
  EXPECT_EQ(read("If-Range", "\"other\""), 200);
}

TEST_F(PresignedExchangeTest, WritesPartsOnlyWhileTheUploadRuns) {
  catalog::MultipartUploads& uploads = catalog_.multipart();
  catalog::MultipartUpload upload;
  upload.branch = BranchId("main");
  upload.path = "x";
  upload.address = "data/x";
  upload.presigned = true;
  upload = Must(uploads.Start(world_.repository, std::move(upload)));
  PresignedRequest request;
  request.verb = Verb::kWrite;
  request.storage_namespace = kNamespace;
  request.upload_partition = world_.repository.partition();
  request.upload_id = upload.id;
  request.part_number = 3;
  request.expires_seconds = kExpires;
  const std::string url = PresignedPath("key", request);
  const http::Response put = Send({.method = "PUT", .path = url, .body = "x"});
  EXPECT_EQ(put.status, 200);
  EXPECT_THAT(put.headers, HasSubstr("ETag: \"9dd4e461268c8034f5c8564e155c67a6\""));
  const auto place = catalog::MultipartUploads::PlaceOf(world_.repository, upload.id);
  EXPECT_EQ(Must(uploads.ListParts(place, 0, 10)).items.size(), 1u);
  TARN_EXPECT_OK(uploads.Abort(world_.repository, {upload.id, upload.branch, "x", "data/x"}));
  EXPECT_EQ(Send({.method = "PUT", .path = url, .body = "x"}).status, 404);
  EXPECT_TRUE(Must(uploads.ListParts(place, 0, 10)).items.empty());
}

}  // namespace
}  // namespace tarn::rest
