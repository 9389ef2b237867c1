// The suite of all stores against a real server or an emulator, if the environment names one
// (TARN_GS_URL, TARN_GS_BUCKET; TARN_GS_CREDENTIALS: a file, if it asks for any), and what is
// particular to Cloud Storage against scripts.
#include "block/gs/gs_store.h"

#include <gtest/gtest.h>

#include "block/gs/testing/scripted_gs.h"
#include "block/testing/store_suite.h"
#include "block/testing/under_faults.h"
#include "http/client.h"

namespace tarn::block {
namespace {

using gs::Asked;
using gs::JsonAnswer;
using gs::ObjectJson;
using gs::Refuse;

// The real server.

gs::Credentials RealCredentials() {
  if (const std::string file = ProcessEnvironment("TARN_GS_CREDENTIALS"); !file.empty()) {
    auto found = gs::FindCredentials({.file = file, .json = ""}, SystemClock(), ProcessEnvironment);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return *std::move(found);
  }
  return {gs::NoTokens(), *gs::ReadServiceAccount(gs::kExampleAccount)};
}

std::unique_ptr<ObjectStore> RealStore() {
  GsStoreOptions options;
  options.endpoint = *gs::EndpointOf(ProcessEnvironment("TARN_GS_URL"));
  return std::make_unique<GsStore>(options, RealCredentials(), SystemClock(), SystemRandom());
}

class GsUnderTest : public StoreUnderTest {
 public:
  explicit GsUnderTest(std::unique_ptr<ObjectStore> store)
      : store_(std::move(store)),
        storage_namespace_("gs://" + ProcessEnvironment("TARN_GS_BUCKET") + "/suite/" +
                           NewUuid(SystemRandom())) {}
  ObjectStore& store() override { return *store_; }
  std::string storage_namespace() const override { return storage_namespace_; }
  std::string walk_source() const override { return storage_namespace_ + "/src/"; }
  bool reads_stay_warm() const override { return false; }
  bool readers_outlive_names() const override { return false; }

 private:
  const std::unique_ptr<ObjectStore> store_;
  const std::string storage_namespace_;
};

std::unique_ptr<ObjectStore> Retried(std::unique_ptr<ObjectStore> store) {
  return std::make_unique<RetryStore>(std::move(store), RetryOptions(), SystemRandom());
}

const char* Missing() {
  return ProcessEnvironment("TARN_GS_URL").empty() ? "TARN_GS_URL names no server" : "";
}

const StoreFactory kServer[] = {
    {"gs", [] { return std::make_unique<GsUnderTest>(Retried(RealStore())); }, Missing()},
    {"gs_faults", [] { return std::make_unique<GsUnderTest>(UnderFaults(RealStore())); },
     Missing()}};
INSTANTIATE_TEST_SUITE_P(Gs, ObjectStoreSuite, testing::ValuesIn(kServer),
                         [](const auto& test) { return test.param.name; });

class GsServerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (*Missing() != '\0') GTEST_SKIP() << Missing();
    under_test_ = std::make_unique<GsUnderTest>(Retried(RealStore()));
    namespace_ = under_test_->storage_namespace();
  }
  ObjectStore& store() { return under_test_->store(); }
  ObjectPointer At(std::string_view address) const { return {namespace_, address}; }
  std::unique_ptr<GsUnderTest> under_test_;
  std::string namespace_;
};

TEST_F(GsServerTest, LargeObjectsGoInPieces) {
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
    EXPECT_EQ(store().Stat(At("large")).value()->entity_tag, made->entity_tag);
    EXPECT_TRUE(GetObject(store(), At("large"), 50'000'000).value() == bytes);
  }
  const auto second = store().Create(At("large"), {.create_only = true});
  ASSERT_TRUE((*second)->Write(bytes).ok());
  EXPECT_EQ((*second)->Commit().code(), Code::kAlreadyExists);
  const auto given_up = store().Create(At("given up"), {});
  ASSERT_TRUE((*given_up)->Write(bytes).ok());
}

TEST_F(GsServerTest, PresignedUrlsWork) {
  ASSERT_TRUE(PutObject(store(), At("a b%41\xc3\xbc"), "content").ok());
  http::Client client;
  const auto read = store().Presign({.object = At("a b%41\xc3\xbc"), .file_name = "x y.txt"});
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  http::ClientRequest request;
  request.url = read->url;
  const auto got = client.Do(request);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->body, "content");
  EXPECT_NE(read->url.find("response-content-disposition=attachment%3B%20filename%3D%22x%20y.txt"),
            std::string::npos);
  const auto write =
      store().Presign({.verb = PresignRequest::Verb::kWrite, .object = At("written")});
  ASSERT_TRUE(write.ok());
  request.method = "PUT";
  request.url = write->url;
  request.body = "by url";
  ASSERT_EQ(client.Do(request)->status, 200);
  EXPECT_EQ(GetObject(store(), At("written"), 10).value(), "by url");
}

TEST_F(GsServerTest, ManyAreRemovedAtOnce) {
  std::vector<std::string> addresses = {"odd/&<>\"'", "odd/never", "odd/a%41 +"};
  for (int i = 0; i < 210; ++i) addresses.push_back("even/" + std::to_string(i));
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

TEST_F(GsServerTest, MissingBucketsAreFailures) {
  EXPECT_EQ(PutObject(store(), {"gs://no-such-bucket", "x"}, "").code(), Code::kIo);
  EXPECT_EQ(store().Walk({.source_uri = "gs://no-such-bucket/x/"}).code(), Code::kIo);
  const auto writer = store().Create({"gs://no-such-bucket", "x"}, {});
  const std::string bytes(20 << 20, 'x');
  EXPECT_EQ((*writer)->Write(bytes).code(), Code::kIo);
}

// Scripts.

GsStoreOptions OptionsFor(const std::string& url, int attempts_max) {
  GsStoreOptions options;
  options.endpoint = *gs::EndpointOf(url);
  options.transport = gs::TestTransport();
  options.retry = gs::RetryAtOnce(attempts_max);
  return options;
}

std::unique_ptr<RetryStore> WithRetries(GsStoreOptions options) {
  return std::make_unique<RetryStore>(
      std::make_unique<GsStore>(options, gs::Credentials{std::make_unique<gs::TestTokens>(), {}},
                                SystemClock(), SystemRandom()),
      options.retry, SystemRandom());
}

const ObjectPointer kObject{"gs://bucket", "key"};
const std::vector<std::string> kPaths = {"/bucket/key", "/storage/v1/b/bucket/o",
                                         "/storage/v1/b/bucket/o/key",
                                         "/upload/storage/v1/b/bucket/o"};

TEST(GsStore, AReadIsOfOneGeneration) {
  int opened = 0;
  gs::ScriptedServer server(kPaths, [&](const Asked& asked) {
    EXPECT_EQ(asked.Get("Accept-Encoding"), "gzip");
    http::Response response = http::Text("345", 206);
    const std::string pinned = asked.Get("x-goog-if-generation-match");
    EXPECT_TRUE(pinned.empty() || pinned == "1") << pinned;
    if (!pinned.empty() && ++opened > 1) return Refuse(412, "conditionNotMet");
    response.Add("x-goog-generation", "1").Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    response.Add("Content-Range", "bytes 3-5/10");
    return response;
  });
  const auto store = WithRetries(OptionsFor(server.url(), 3));
  const auto reader = store->Open(kObject, {3, 3});
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  EXPECT_EQ((*reader)->properties().entity_tag, "1");
  char piece[3];
  ASSERT_EQ((*reader)->ReadAt(3, piece).value(), 3u);
  ASSERT_EQ((*reader)->ReadAt(3, piece).value(), 3u);
  EXPECT_EQ((*reader)->ReadAt(3, piece).status().message(),
            "object was replaced while it was read");
}

TEST(GsStore, ObjectsWithoutOurKeyAreReadWithoutIt) {
  gs::ScriptedServer server(kPaths, [&](const Asked& asked) {
    if (!asked.Get("x-goog-encryption-key").empty()) {
      return Refuse(400, "resourceNotEncryptedWithCustomerEncryptionKey");
    }
    http::Response response = http::Text("plain");
    response.Add("x-goog-generation", "1").Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
    return response;
  });
  GsStoreOptions options = OptionsFor(server.url(), 1);
  options.encryption = *gs::MakeEncryption("", std::string(64, 'a'));
  EXPECT_EQ(GetObject(*WithRetries(options), kObject, 10).value(), "plain");
  EXPECT_EQ(server.asked().size(), 2u);
}

TEST(GsStore, CopiesGoOnUntilTheyAreDone) {
  const std::string path = "/storage/v1/b/bucket/o/key/rewriteTo/b/other/o/to";
  int calls = 0;
  gs::ScriptedServer server({path}, [&](const Asked& asked) {
    EXPECT_EQ(asked.Get("x-goog-copy-source-encryption-algorithm"), "");
    EXPECT_EQ(asked.query.Get("destinationKmsKeyName"), "projects/p/k");
    EXPECT_EQ(asked.query.Get("rewriteToken"), calls == 0 ? "" : "more");
    if (++calls == 2) return Refuse(503, "backendError");
    if (calls < 4) return JsonAnswer(R"({"done":false,"rewriteToken":"more"})");
    return JsonAnswer(R"({"done":true,"resource":)" + ObjectJson("to", "12345", 7) + "}");
  });
  GsStoreOptions options = OptionsFor(server.url(), 3);
  options.encryption = *gs::MakeEncryption("projects/p/k", "");
  const auto copied = WithRetries(options)->Copy(kObject, {"gs://other", "to"}, {});
  ASSERT_TRUE(copied.ok()) << copied.status().ToString();
  EXPECT_EQ(copied->size, 5);
  EXPECT_EQ(copied->entity_tag, "7");
  EXPECT_EQ(calls, 4);
}

TEST(GsStore, BatchesAreReadToTheLastAnswer) {
  std::string second = "HTTP/1.1 404 Not Found\r\n\r\n{}";
  gs::ScriptedServer server({"/batch/storage/v1"}, [&](const Asked& asked) {
    EXPECT_NE(asked.body.find("DELETE /storage/v1/b/bucket/o/p%2Fb%20%25 HTTP/1.1\r\n"),
              std::string::npos);
    http::Response response;
    response.Add("Content-Type", "multipart/mixed; boundary=\"x\"");
    response.body = "--x\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n" +
                    (second.empty() ? "" : "\r\n--x\r\n\r\n" + second) + "\r\n--x--\r\n";
    return response;
  });
  const auto store = WithRetries(OptionsFor(server.url(), 1));
  const std::vector<std::string> addresses = {"a", "b %"};
  const auto remove = [&] { return store->RemoveAll("gs://bucket/p", addresses); };
  EXPECT_TRUE(remove().ok()) << remove().ToString();
  for (const std::string_view bad :
       {"HTTP/1.1 403 Forbidden\r\n\r\n{\"error\":{\"message\":\"no\"}}", "", "HTTP/1.1 x",
        "HTTP/1.1 503 Busy\r\n\r\n"}) {
    second = bad;
    EXPECT_EQ(remove().code(), Code::kIo) << bad;
  }
}

TEST(GsStore, WalksTellMd5sAndGoOn) {
  gs::ScriptedServer server(kPaths, [&](const Asked& asked) {
    EXPECT_EQ(asked.query.Get("prefix"), "p/");
    if (asked.query.Get("pageToken").empty()) {
      return JsonAnswer(R"({"nextPageToken":"t","items":[)" + ObjectJson("p/a", "", 1) + "," +
                        ObjectJson("p/b", "x", 2) + "]}");
    }
    return JsonAnswer(R"({"items":[{"name":"p/c","size":"3","generation":"9",)"
                      R"("updated":"2013-05-24T00:00:00Z"}]})");
  });
  const auto store = WithRetries(OptionsFor(server.url(), 1));
  std::string all;
  const auto walk = [&](std::string_view continuation) {
    all.clear();
    const auto walker = store->Walk({.source_uri = "gs://bucket/p/", .continuation = continuation});
    ASSERT_TRUE(walker.ok()) << walker.status().ToString();
    for (;;) {
      const auto batch = (*walker)->Next();
      ASSERT_TRUE(batch.ok()) << batch.status().ToString();
      if (!*batch) return;
      ASSERT_TRUE((*batch)
                      ->Read([&](const WalkedObject& object) {
                        all += std::string(object.relative_key) + " " +
                               std::string(object.address) + " " + std::string(object.checksum) +
                               "\n";
                      })
                      .ok());
    }
  };
  walk("");
  EXPECT_EQ(all,
            "a gs://bucket/p/a d41d8cd98f00b204e9800998ecf8427e\n"
            "b gs://bucket/p/b 9dd4e461268c8034f5c8564e155c67a6\n"
            "c gs://bucket/p/c \n");
  walk("p/a");
  EXPECT_EQ(server.asked().back().query.Get("startOffset"), "p/a");
  EXPECT_TRUE(all.starts_with("b ")) << all;
}

TEST(GsStore, RefusesListingsThatAreWrong) {
  std::string page;
  gs::ScriptedServer server(kPaths, [&](const Asked&) { return JsonAnswer(page); });
  const auto store = WithRetries(OptionsFor(server.url(), 1));
  const std::string good = ObjectJson("a", "", 1);
  for (const std::string& bad :
       {std::string("{"), std::string("[]"), std::string(R"({"items":3})"),
        std::string(R"({"items":[3]})"), std::string(R"({"items":[{"name":"a"}]})"),
        R"({"items":[)" + ObjectJson("b", "", 1) + "," + good + "]}",
        R"({"items":[)" + good + "," + good + "]}"}) {
    page = bad;
    EXPECT_EQ(store->List({.storage_namespace = "gs://bucket", .prefix = ""}).code(), Code::kIo)
        << bad;
  }
}

TEST(GsStore, AsksAgainWhileThatCanHelp) {
  int failures = 0;
  gs::ScriptedServer server(kPaths, [&](const Asked& asked) {
    if (failures-- > 0) return Refuse(403, "rateLimitExceeded");
    if (asked.path == "/storage/v1/b/bucket/o") return JsonAnswer("{}");
    return JsonAnswer(ObjectJson("key", "x", 1));
  });
  const auto store = WithRetries(OptionsFor(server.url(), 3));
  const std::function<Code()> calls[] = {
      [&] { return store->Stat(kObject).code(); },
      [&] { return store->Put(kObject, "x", {}).code(); },
      [&] { return PutObject(*store, kObject, "x").code(); },
      [&] { return store->Remove(kObject).code(); },
      [&] { return store->List({.storage_namespace = "gs://bucket", .prefix = ""}).code(); },
      [&] { return store->Walk({.source_uri = "gs://bucket/"}).code(); }};
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

TEST(GsStore, AddressesAreKeysAsTheyAre) {
  const auto store = WithRetries(OptionsFor("", 1));
  const auto locate = [&](const ObjectPointer& object) {
    const auto located = store->Locate(object);
    return located.ok() ? *located : located.status().ToString();
  };
  EXPECT_EQ(locate({"gs://b/p/", "x%41 y"}), "gs://b/p/x%41 y");
  EXPECT_EQ(locate({"gs://b/x%20y", "k"}), "gs://b/x y/k");
  EXPECT_EQ(locate({"gs://b/p/", ""}), "gs://b/p");
  EXPECT_EQ(store->CheckAddress({"gs://b/p", "../x"}).code(), Code::kAddressBlocked);
  EXPECT_EQ(store->CheckAddress({"s3://b", "x"}).message(),
            "expected storage type gs: invalid address");
  EXPECT_EQ(store->LocateSource("gs://b//a%2Fb/?q").value(), "gs://b/a%2Fb/");
  EXPECT_EQ(store->info().namespace_regex, "^gs://");
}

TEST(GsStore, SaysWhatItCannotPresign) {
  GsStoreOptions options = OptionsFor("", 1);
  EXPECT_EQ(WithRetries(options)->Presign({.object = kObject}).code(), Code::kUnsupported);
  options.pre_signed = false;
  GsStore store(options, {gs::NoTokens(), *gs::ReadServiceAccount(gs::kExampleAccount)},
                SystemClock(), SystemRandom());
  EXPECT_EQ(store.Presign({.object = kObject}).code(), Code::kUnsupported);
}

}  // namespace
}  // namespace tarn::block
