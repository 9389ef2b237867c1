// The suite of all stores against a real server, if the environment names one (TARN_S3_URL,
// TARN_S3_KEY, TARN_S3_SECRET, TARN_S3_BUCKET), and what is particular to S3 against scripts.
#include "block/s3/s3_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "block/s3/multipart.h"
#include "block/s3/put_object.h"
#include "block/s3/testing/scripted_s3.h"
#include "block/testing/store_suite.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::block {
namespace {

using s3::Asked;
using s3::XmlAnswer;
using testing::HasSubstr;

// The real server.

std::string Variable(const char* name) { return s3::ProcessEnvironment(name); }

S3StoreOptions RealOptions() {
  S3StoreOptions options;
  options.client.endpoint = {Variable("TARN_S3_URL"), true};
  options.client.region = "us-east-1";
  return options;
}

std::unique_ptr<s3::CredentialSource> RealKeys() {
  return s3::MakeCredentialSource(
      {.fixed = {Variable("TARN_S3_KEY"), Variable("TARN_S3_SECRET"), "", {}}}, SystemClock(),
      s3::ProcessEnvironment);
}

class S3UnderTest : public StoreUnderTest {
 public:
  S3UnderTest()
      : store_(std::make_unique<S3Store>(RealOptions(), RealKeys(), SystemClock(), SystemRandom()),
               {}, SystemRandom()),
        storage_namespace_("s3://" + Variable("TARN_S3_BUCKET") + "/suite/" +
                           NewUuid(SystemRandom())) {}
  ObjectStore& store() override { return store_; }
  std::string storage_namespace() const override { return storage_namespace_; }
  std::string walk_source() const override { return storage_namespace_ + "/src/"; }
  bool reads_stay_warm() const override { return false; }
  bool readers_outlive_names() const override { return false; }

 private:
  RetryStore store_;
  const std::string storage_namespace_;
};

const StoreFactory kServer[] = {
    {"s3", [] { return std::make_unique<S3UnderTest>(); },
     Variable("TARN_S3_URL").empty() ? "TARN_S3_URL names no server" : ""}};
INSTANTIATE_TEST_SUITE_P(S3, ObjectStoreSuite, testing::ValuesIn(kServer),
                         [](const auto& test) { return test.param.name; });

class S3ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (Variable("TARN_S3_URL").empty()) GTEST_SKIP() << "TARN_S3_URL names no server";
    under_test_ = std::make_unique<S3UnderTest>();
    namespace_ = under_test_->storage_namespace();
  }
  ObjectStore& store() { return under_test_->store(); }
  ObjectPointer At(std::string_view address) const { return {namespace_, address}; }
  std::unique_ptr<S3UnderTest> under_test_;
  std::string namespace_;
};

TEST_F(S3ServerTest, LargeObjectsGoInParts) {
  std::string bytes(40'000'003, '\0');
  uint32_t seed = 5;
  for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  for (const std::optional<int64_t> hint : {std::optional<int64_t>(), {40'000'003}}) {
    const auto writer = store().Create(At("large"), {.size_hint = hint, .create_only = !hint});
    ASSERT_TRUE(writer.ok());
    for (size_t at = 0; at < bytes.size(); at += 3'000'000) {
      const std::string_view piece = std::string_view(bytes).substr(at, 3'000'000);
      ASSERT_TRUE((*writer)->Write(piece).ok());
    }
    const auto made = (*writer)->Commit();
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_EQ(made->size, 40'000'003);
    EXPECT_TRUE(GetObject(store(), At("large"), 50'000'000).value() == bytes);
  }
  const auto second = store().Create(At("large"), {.create_only = true});
  ASSERT_TRUE((*second)->Write(bytes).ok());
  EXPECT_EQ((*second)->Commit().code(), Code::kAlreadyExists);
  // The store copies the large middle by itself.
  const auto writer = store().Create(At("joined"), {});
  ASSERT_TRUE((*writer)->Write(std::string_view("head")).ok());
  ASSERT_TRUE((*writer)->Append(store(), At("large"), 1, 30'000'000).ok());
  ASSERT_TRUE((*writer)->Append(store(), At("large"), 7, 20).ok());
  const auto joined = (*writer)->Commit();
  ASSERT_TRUE(joined.ok()) << joined.status().ToString();
  EXPECT_TRUE(GetObject(store(), At("joined"), 50'000'000).value() ==
              "head" + bytes.substr(1, 30'000'000) + bytes.substr(7, 20));
}

TEST_F(S3ServerTest, PresignedUrlsWork) {
  ASSERT_TRUE(PutObject(store(), At("a b%41\xc3\xbc"), "content").ok());
  http::Client client;
  const auto read = store().Presign({.object = At("a b%41\xc3\xbc"), .file_name = "x y.txt"});
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  http::ClientRequest request;
  request.url = read->url;
  const auto got = client.Do(request);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->body, "content");
  EXPECT_EQ(got->Find("Content-Disposition"), "attachment; filename=\"x y.txt\"");
  const auto write =
      store().Presign({.verb = PresignRequest::Verb::kWrite, .object = At("written")});
  ASSERT_TRUE(write.ok());
  request.method = "PUT";
  request.url = write->url;
  request.body = "by url";
  ASSERT_EQ(client.Do(request)->status, 200);
  EXPECT_EQ(GetObject(store(), At("written"), 10).value(), "by url");
}

TEST_F(S3ServerTest, ManyAreRemovedAtOnce) {
  std::vector<std::string> addresses = {"odd/\x01", "odd/&<>\"'", "odd/never"};
  for (int i = 0; i < 5; ++i) addresses.push_back("even/" + std::to_string(i));
  for (const std::string& address : addresses) {
    if (address == "odd/never") continue;
    ASSERT_TRUE(PutObject(store(), At(address), "x").ok());
  }
  const Status removed = store().RemoveAll(namespace_, addresses);
  ASSERT_TRUE(removed.ok()) << removed.ToString();
  const auto page = store().List({namespace_, ""});
  ASSERT_TRUE(page.ok());
  for (const ListedObject& left : page->objects) ADD_FAILURE() << left.address;
}

TEST_F(S3ServerTest, MissingBucketsAreFailures) {
  EXPECT_EQ(store().Open({"s3://no-such-bucket", "x"}, {}).code(), Code::kIo);
  EXPECT_EQ(PutObject(store(), {"s3://no-such-bucket", "x"}, "").code(), Code::kIo);
  EXPECT_EQ(store().Walk({.source_uri = "s3://no-such-bucket/x/"}).code(), Code::kIo);
}

// Scripts.

/// Keeps one object, in parts or whole; the test decides which answers are lost.
class OneObject {
 public:
  explicit OneObject(std::function<bool(const Asked&)> is_lost)
      : is_lost_(std::move(is_lost)),
        server_({"/bucket/key"}, [this](const Asked& asked) { return Answer(asked); }),
        client_(s3::OptionsFor(server_.url()), std::make_unique<s3::TestKeys>(), 0, SystemClock()),
        retrier_(s3::RetryAtOnce(4), SystemRandom()) {}

  Result<ObjectProperties> Write(std::string_view bytes, bool create_only) {
    s3::S3Writer writer({client_, retrier_, encryption_}, {"bucket", "key"},
                        {.create_only = create_only});
    TARN_TRY(writer.Write(bytes));
    return writer.Commit();
  }
  int Count(std::string_view method, std::string_view query) {
    int count = 0;
    for (const Asked& asked : server_.asked()) {
      count += asked.method == method && (query.empty() || asked.query.Has(query)) ? 1 : 0;
    }
    return count;
  }
  std::optional<std::string> object;
  s3::Encryption encryption_;
  std::vector<Asked> asked() { return server_.asked(); }

 private:
  http::Response Answer(const Asked& asked) {
    http::Response answer = Do(asked);
    if (!is_lost_(asked)) return answer;
    return XmlAnswer("<Error><Code>InternalError</Code></Error>", 500);
  }
  static http::Response Refuse(int status, const std::string& code) {
    return XmlAnswer("<Error><Code>" + code + "</Code></Error>", status);
  }
  http::Response Do(const Asked& asked) {
    if (asked.method == "POST" && asked.query.Has("uploads")) {
      is_running_ = true;
      parts_.clear();
      return XmlAnswer(
          "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    if (asked.method == "PUT" && asked.query.Has("partNumber")) {
      parts_[std::stoi(std::string(asked.query.Get("partNumber")))] = asked.body;
      return Tagged(ToHex(AsView(Md5(asked.body))));
    }
    const bool is_conditional = asked.Get("If-None-Match") == "*";
    if (asked.method == "POST") {
      if (is_conditional && object) return Refuse(412, "PreconditionFailed");
      if (!is_running_) return Refuse(404, "NoSuchUpload");
      is_running_ = false;
      std::string digests;
      object.emplace();
      for (const auto& [number, bytes] : parts_) {
        *object += bytes;
        digests += AsView(Md5(bytes));
      }
      tag_ = ToHex(AsView(Md5(digests))) + "-" + std::to_string(parts_.size());
      return XmlAnswer("<CompleteMultipartUploadResult><ETag>\"" + tag_ +
                       "\"</ETag></CompleteMultipartUploadResult>");
    }
    if (asked.method == "PUT") {
      if (is_conditional && object) return Refuse(412, "PreconditionFailed");
      object = asked.body;
      return Tagged(tag_ = ToHex(AsView(Md5(asked.body))));
    }
    if (asked.method == "DELETE")
      return is_running_ ? http::Text("", 204) : Refuse(404, "NoSuchUpload");
    http::Response answer = Tagged(tag_);
    answer.Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    if (asked.method == "HEAD") {
      answer.announced_length = static_cast<int64_t>(object->size());
    } else {
      answer.body = *object;
    }
    return answer;
  }
  static http::Response Tagged(const std::string& tag) {
    http::Response answer;
    answer.Add("ETag", "\"" + tag + "\"");
    return answer;
  }

  const std::function<bool(const Asked&)> is_lost_;
  bool is_running_ = false;
  std::map<int, std::string> parts_;
  std::string tag_;
  s3::ScriptedS3 server_;
  s3::Client client_;
  Retrier retrier_;
};

/// True for each first request with such a method and query.
std::function<bool(const Asked&)> LoseFirst(std::string method, std::string query) {
  auto is_first = std::make_shared<bool>(true);
  return [=](const Asked& asked) {
    const bool fits = asked.method == method && (query.empty() || asked.query.Has(query));
    return fits && std::exchange(*is_first, false);
  };
}

std::string Large() { return std::string(17 << 20, 'x') + "end"; }

TEST(S3Writer, ALostAnswerToAPartIsNoHarm) {
  OneObject store(LoseFirst("PUT", "partNumber"));
  const auto made = store.Write(Large(), false);
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->size, static_cast<int64_t>(Large().size()));
  EXPECT_TRUE(store.object == Large());
  EXPECT_EQ(store.Count("PUT", "partNumber"), 4) << "three parts, one of them twice";
  EXPECT_EQ(store.Count("DELETE", ""), 0);
}

TEST(S3Writer, ALostAnswerToTheCompletionIsLookedInto) {
  for (const bool create_only : {false, true}) {
    const auto is_first = std::make_shared<bool>(true);
    OneObject store([=](const Asked& asked) {
      const bool completes = asked.method == "POST" && asked.query.Has("uploadId");
      return completes && std::exchange(*is_first, false);
    });
    const auto made = store.Write(Large(), create_only);
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_EQ(made->size, static_cast<int64_t>(Large().size()));
    EXPECT_EQ(store.Count("HEAD", ""), 1);
  }
}

TEST(S3Writer, AnObjectOfOthersIsNotTakenForOurs) {
  {
    OneObject store([](const Asked&) { return false; });
    store.object = "of others";
    EXPECT_EQ(store.Write(Large(), true).code(), Code::kAlreadyExists);
    EXPECT_EQ(store.object, "of others");
    EXPECT_EQ(store.Count("DELETE", "uploadId"), 1) << "the upload is ended";
    EXPECT_EQ(store.Write("small", true).code(), Code::kAlreadyExists);
  }
  for (const std::string bytes : {"small", "other"}) {
    OneObject store(LoseFirst("PUT", ""));
    const auto made = store.Write("small", true);
    EXPECT_TRUE(made.ok()) << "the first attempt made it";
    OneObject refused(
        [n = 0](const Asked& asked) mutable { return asked.method == "PUT" && n++ == 0; });
    refused.object = bytes;
    EXPECT_EQ(refused.Write("small", true).code(),
              bytes == "small" ? Code::kOk : Code::kAlreadyExists);
  }
}

TEST(S3Writer, WhatIsGivenUpIsEnded) {
  OneObject store([](const Asked& asked) { return asked.query.Has("partNumber"); });
  const auto made = store.Write(Large(), false);
  EXPECT_EQ(made.code(), Code::kIo);
  EXPECT_EQ(store.Count("PUT", "partNumber"), 4) << "so many attempts";
  EXPECT_EQ(store.Count("DELETE", "uploadId"), 1);
  EXPECT_FALSE(store.object);
}

/// As requests of the reference with these settings were recorded (store-requests.json).
TEST(S3Writer, AsksForEncryption) {
  OneObject store([](const Asked&) { return false; });
  store.encryption_ = {"aws:kms", "key-1"};
  ASSERT_TRUE(store.Write("small", false).ok());
  ASSERT_TRUE(store.Write(Large(), false).ok());
  for (const Asked& asked : store.asked()) {
    const bool makes_object =
        (asked.method == "PUT" && !asked.query.Has("partNumber")) || asked.query.Has("uploads");
    EXPECT_EQ(asked.Get("x-amz-server-side-encryption"), makes_object ? "aws:kms" : "");
    EXPECT_EQ(asked.Get("x-amz-server-side-encryption-aws-kms-key-id"),
              makes_object ? "key-1" : "");
    if (makes_object) {
      EXPECT_EQ(asked.Get("Content-Type"), "application/octet-stream");
    }
  }
}

/// A source of fewer bytes than were announced.
class BrokenOff : public http::BodySource {
 public:
  explicit BrokenOff(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<size_t> Read(std::span<char> out) override {
    if (bytes_.empty()) return Status(Code::kIo, "broken off");
    const size_t size = bytes_.copy(out.data(), out.size());
    bytes_.erase(0, size);
    return size;
  }

 private:
  std::string bytes_;
};

std::unique_ptr<RetryStore> WithRetries(const std::string& url, int attempts_max) {
  S3StoreOptions options;
  options.client = s3::OptionsFor(url);
  options.retry = s3::RetryAtOnce(attempts_max);
  return std::make_unique<RetryStore>(
      std::make_unique<S3Store>(options, std::make_unique<s3::TestKeys>(), SystemClock(),
                                SystemRandom()),
      options.retry, SystemRandom());
}

TEST(S3Store, ReadsGoOnWhereTheyBrokeOff) {
  s3::ScriptedS3 server({"/bucket/key"}, [](const Asked& asked) {
    const std::string range = asked.Get("Range");
    const size_t begin = range.empty() ? 0 : static_cast<size_t>(std::stoi(range.substr(6)));
    const size_t end = range.find("-7") == std::string::npos ? 10 : 8;
    const std::string bytes = std::string("0123456789").substr(begin, end - begin);
    http::Response response;
    response.status = range.empty() ? 200 : 206;
    response.Add("ETag", "\"tag\"").Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    if (!range.empty()) {
      response.Add("Content-Range",
                   "bytes " + std::to_string(begin) + "-" + std::to_string(end - 1) + "/10");
    }
    response.body = http::StreamBody{std::make_unique<BrokenOff>(bytes.substr(0, 3)),
                                     static_cast<int64_t>(bytes.size())};
    return response;
  });
  const auto store = WithRetries(server.url(), 8);
  const auto stream = store->OpenStream({"s3://bucket", "key"}, {});
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  std::string all;
  char piece[2];
  for (;;) {
    const auto got = (*stream)->Read(piece);
    ASSERT_TRUE(got.ok()) << got.status().ToString();
    if (*got == 0) break;
    all.append(piece, *got);
  }
  EXPECT_EQ(all, "0123456789");
  const auto reader = store->Open({"s3://bucket", "key"}, {2, 6});
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  std::string out(3, 0);
  EXPECT_EQ((*reader)->ReadAt(2, out).value(), 3u);
  EXPECT_EQ(out, "234");
  EXPECT_EQ((*reader)->properties().size, 10);
}

TEST(S3Store, AsksAgainWhileThatCanHelp) {
  int failures = 0;
  s3::ScriptedS3 server({"/bucket/key", "/bucket/"}, [&](const Asked& asked) {
    if (failures-- > 0) return XmlAnswer("<Error><Code>SlowDown</Code></Error>", 503);
    if (asked.method == "GET") {
      return XmlAnswer("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
    }
    http::Response response;
    response.Add("ETag", "\"tag\"").Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    return response;
  });
  const auto store = WithRetries(server.url(), 3);
  const ObjectPointer object{"s3://bucket", "key"};
  const std::function<Code()> calls[] = {
      [&] { return store->Stat(object).code(); },
      [&] { return store->Put(object, "x", {}).code(); },
      [&] { return PutObject(*store, object, "x").code(); },
      [&] { return store->Remove(object).code(); },
      [&] { return store->List({.storage_namespace = "s3://bucket", .prefix = ""}).code(); },
      [&] { return store->Walk({.source_uri = "s3://bucket/"}).code(); }};
  for (const auto& call : calls) {
    failures = 2;
    EXPECT_EQ(call(), Code::kOk) << &call - calls;
    failures = 3;
    const size_t before = server.asked().size();
    EXPECT_EQ(call(), Code::kIo) << &call - calls;
    EXPECT_EQ(server.asked().size() - before, 3u);
    failures = 0;
  }
}

TEST(S3Store, AddressesAreKeysAsTheyAre) {
  S3Store store(S3StoreOptions(), std::make_unique<s3::TestKeys>(), SystemClock(), SystemRandom());
  const auto locate = [&](const ObjectPointer& object) {
    const auto located = store.Locate(object);
    return located.ok() ? *located : located.status().ToString();
  };
  EXPECT_EQ(locate({"s3://b/p/", "x%41 y"}), "s3://b/p/x%41 y");
  EXPECT_EQ(locate({"s3://b", "/x"}), "s3://b//x");
  EXPECT_EQ(locate({"s3://b/x%20y", "k"}), "s3://b/x y/k");
  EXPECT_EQ(locate({"s3://other", "s3://b/p/x%3Ay", AddressType::kFull}), "s3://b/p/x%3Ay");
  EXPECT_EQ(locate({"s3://b/p/", ""}), "s3://b/p");
  EXPECT_EQ(store.CheckAddress({"s3://b/p", "../x"}).code(), Code::kAddressBlocked);
  EXPECT_EQ(store.CheckAddress({"s3://b", "s3://b/a/../x", AddressType::kFull}).code(), Code::kOk);
  for (const std::string_view other : {"gs://b/p", "local://b", "b", ""}) {
    EXPECT_EQ(store.CheckAddress({other, "x"}).code(), Code::kInvalidAddress) << other;
  }
  EXPECT_EQ(store.LocateSource("s3://b//a%2Fb/?q").value(), "s3://b/a%2Fb/");
}

TEST(S3Store, SaysWhatItCannotPresign) {
  S3StoreOptions options;
  options.pre_signed = false;
  S3Store store(options, std::make_unique<s3::TestKeys>(), SystemClock(), SystemRandom());
  EXPECT_EQ(store.Presign({.object = {"s3://b", "x"}}).code(), Code::kUnsupported);
}

}  // namespace
}  // namespace tarn::block
