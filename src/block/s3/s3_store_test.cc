// The suite of all stores against a real server, if the environment names one (TARN_S3_URL,
// TARN_S3_KEY, TARN_S3_SECRET, TARN_S3_BUCKET), and what is particular to S3 against scripts.
#include "block/s3/s3_store.h"

#include <gtest/gtest.h>

#include "block/s3/testing/scripted_s3.h"
#include "block/testing/store_suite.h"

namespace tarn::block {
namespace {

using s3::Asked;
using s3::XmlAnswer;

// The real server.

std::string Variable(const char* name) { return ProcessEnvironment(name); }

S3StoreOptions RealOptions() {
  S3StoreOptions options;
  options.client.endpoint = {Variable("TARN_S3_URL"), true};
  options.client.region = "us-east-1";
  return options;
}

std::unique_ptr<http::aws::CredentialSource> RealKeys() {
  return http::aws::MakeCredentialSource(
      {.fixed = {Variable("TARN_S3_KEY"), Variable("TARN_S3_SECRET"), "", {}}}, SystemClock(),
      ProcessEnvironment);
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

TEST(S3Store, AReadIsOfOneObject) {
  int opened = 0;
  s3::ScriptedS3 server({"/bucket/key"}, [&](const Asked& asked) {
    // Replaced within a second by another of the same size.
    const std::string tag = ++opened == 1 ? "\"one\"" : "\"two\"";
    const bool is_rest = !asked.Get("Range").empty();
    http::Response response;
    response.status = is_rest ? 206 : 200;
    response.Add("ETag", tag).Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    if (is_rest) response.Add("Content-Range", "bytes 3-9/10");
    response.body = http::StreamBody{std::make_unique<BrokenOff>("xxx"), is_rest ? 7 : 10};
    return response;
  });
  const auto store = WithRetries(server.url(), 3);
  const auto stream = store->OpenStream({"s3://bucket", "key"}, {});
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  EXPECT_EQ((*stream)->properties().entity_tag, "\"one\"");
  char piece[3];
  ASSERT_EQ((*stream)->Read(piece).value(), 3u);
  const auto got = (*stream)->Read(piece);
  EXPECT_EQ(got.code(), Code::kIo);
  EXPECT_EQ(got.status().message(), "object was replaced while it was read");
  // The server pays no heed to If-Match.
  opened = 0;
  const auto reader = store->Open({"s3://bucket", "key"}, {});
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  ASSERT_EQ((*reader)->ReadAt(0, piece).value(), 3u);
  char rest[7];
  const auto more = (*reader)->ReadAt(3, rest);
  EXPECT_EQ(more.code(), Code::kIo);
  EXPECT_EQ(more.status().message(), "object was replaced while it was read");
}

TEST(S3Store, ACopyIsOfOneObject) {
  const int64_t size = int64_t{6} << 30;
  const auto is_replaced = std::make_shared<bool>(false);
  s3::ScriptedS3 server({"/bucket/from", "/bucket/to"}, [=](const Asked& asked) {
    if (asked.method == "HEAD") {
      http::Response response;
      response.Add("ETag", "\"one\"").Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
      response.announced_length = size;
      return response;
    }
    if (asked.query.Has("uploads")) {
      return XmlAnswer(
          "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    if (asked.method == "DELETE") return http::Text("", 204);
    if (asked.method == "POST") {
      return XmlAnswer(
          "<CompleteMultipartUploadResult><ETag>x-2</ETag></CompleteMultipartUploadResult>");
    }
    EXPECT_EQ(asked.Get("x-amz-copy-source-if-match"), "\"one\"");
    if (*is_replaced) return XmlAnswer("<Error><Code>PreconditionFailed</Code></Error>", 412);
    return XmlAnswer(
        "<CopyPartResult><LastModified>2013-05-24T00:00:00Z</LastModified><ETag>\"part\"</ETag>"
        "</CopyPartResult>");
  });
  const auto store = WithRetries(server.url(), 3);
  const ObjectPointer from{"s3://bucket", "from"}, to{"s3://bucket", "to"};
  for (const bool replaced : {false, true}) {
    *is_replaced = replaced;
    const auto writer = store->Create(to, {});
    ASSERT_TRUE(writer.ok());
    const Status appended = (*writer)->Append(*store, from, 0, size);
    const auto copied = store->Copy(from, to, {});
    if (!replaced) {
      EXPECT_TRUE(appended.ok()) << appended.ToString();
      EXPECT_TRUE(copied.ok()) << copied.status().ToString();
      continue;
    }
    EXPECT_EQ(appended.code(), Code::kIo);
    EXPECT_EQ(appended.message(), "object was replaced while it was copied");
    EXPECT_EQ(copied.code(), Code::kIo);
    EXPECT_EQ(copied.status().message(), "object was replaced while it was copied");
  }
}

TEST(S3Store, ASourceOfKnownSizeIsNotLookedAt) {
  for (const bool is_too_large : {false, true}) {
    s3::ScriptedS3 server({"/bucket/from", "/bucket/to"}, [=](const Asked& asked) {
      if (asked.method == "HEAD") return XmlAnswer("", 404);
      if (is_too_large) return XmlAnswer("<Error><Code>InvalidRequest</Code></Error>", 400);
      return XmlAnswer(
          "<CopyObjectResult><LastModified>2013-05-24T00:00:00Z</LastModified><ETag>\"t\"</ETag>"
          "</CopyObjectResult>");
    });
    const auto copied = WithRetries(server.url(), 3)
                            ->Copy({"s3://bucket", "from"}, {"s3://bucket", "to"}, {.size = 5});
    EXPECT_EQ(copied.code(), is_too_large ? Code::kDataNotFound : Code::kOk);
    EXPECT_EQ(server.asked().size(), is_too_large ? 2u : 1u) << "the look is what remains";
  }
}

TEST(S3Store, AMarkerOfTheNamespaceIsNoObject) {
  s3::ScriptedS3 server({"/bucket/"}, [](const Asked&) {
    std::string text = "<ListBucketResult><IsTruncated>false</IsTruncated>";
    for (const std::string key : {"p/", "p/a", "p/b/"}) {
      text += "<Contents><Key>" + key +
              "</Key><Size>0</Size><LastModified>2013-05-24T00:00:00Z</LastModified></Contents>";
    }
    return XmlAnswer(text + "</ListBucketResult>");
  });
  const auto page =
      WithRetries(server.url(), 1)->List({.storage_namespace = "s3://bucket/p", .prefix = ""});
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].address, "a");
  EXPECT_EQ(page->objects[1].address, "b/");
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
