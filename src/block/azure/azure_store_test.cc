// The suite of all stores against a real server, if the environment names one (TARN_AZURE_URL with
// the account in its path, TARN_AZURE_KEY, TARN_AZURE_CONTAINER, and TARN_AZURE_CA: who vouches for
// its certificate), and what is particular to Azure against scripts.
#include "block/azure/azure_store.h"

#include <gtest/gtest.h>

#include "block/azure/testing/scripted_azure.h"
#include "block/testing/store_suite.h"
#include "block/testing/under_faults.h"
#include "codec/base64.h"
#include "http/client.h"

namespace tarn::block {
namespace {

// The real server.

constexpr std::string_view kAccount = "devstoreaccount1";

std::string Variable(const char* name) { return ProcessEnvironment(name); }

AzureStoreOptions RealOptions() {
  AzureStoreOptions options;
  options.client.test_url = Variable("TARN_AZURE_URL");
  options.client.key =
      azure::ReadSharedKey(std::string(kAccount), Variable("TARN_AZURE_KEY")).value();
  options.client.transport.ca_file = Variable("TARN_AZURE_CA");
  return options;
}

std::unique_ptr<ObjectStore> RealStore() {
  return std::make_unique<AzureStore>(RealOptions(),
                                      azure::MakeTokenSource(SystemClock(), Variable),
                                      SystemClock(), SystemRandom());
}

class AzureUnderTest : public StoreUnderTest {
 public:
  explicit AzureUnderTest(std::unique_ptr<ObjectStore> store)
      : store_(std::move(store), {}, SystemRandom()),
        storage_namespace_("https://" + std::string(kAccount) + ".blob.core.windows.net/" +
                           Variable("TARN_AZURE_CONTAINER") + "/suite/" + NewUuid(SystemRandom())) {
  }
  ObjectStore& store() override { return store_; }
  std::string storage_namespace() const override { return storage_namespace_; }
  std::string walk_source() const override { return storage_namespace_ + "/src/"; }
  bool reads_stay_warm() const override { return false; }
  bool readers_outlive_names() const override { return false; }
  int time_step_ms() const override { return 1100; }
  bool full_addresses_keep_escapes() const override { return false; }

 private:
  RetryStore store_;
  const std::string storage_namespace_;
};

const std::string kMissing =
    Variable("TARN_AZURE_URL").empty() ? "TARN_AZURE_URL names no server" : "";
const StoreFactory kServer[] = {
    {"azure", [] { return std::make_unique<AzureUnderTest>(RealStore()); }, kMissing},
    {"azure_faults", [] { return std::make_unique<AzureUnderTest>(UnderFaults(RealStore())); },
     kMissing}};
INSTANTIATE_TEST_SUITE_P(Azure, ObjectStoreSuite, testing::ValuesIn(kServer),
                         [](const auto& test) { return test.param.name; });

class AzureServerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kMissing.empty()) GTEST_SKIP() << kMissing;
    under_test_ = std::make_unique<AzureUnderTest>(RealStore());
    namespace_ = under_test_->storage_namespace();
  }
  ObjectStore& store() { return under_test_->store(); }
  ObjectPointer At(std::string_view address) const { return {namespace_, address}; }
  bool is_tls() const { return Variable("TARN_AZURE_URL").starts_with("https:"); }
  std::unique_ptr<AzureUnderTest> under_test_;
  std::string namespace_;
};

TEST_F(AzureServerTest, LargeObjectsGoInBlocks) {
  std::string bytes(20'000'003, '\0');
  uint32_t seed = 5;
  for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  for (const std::optional<int64_t> hint : {std::optional<int64_t>(), {20'000'003}}) {
    const auto writer = store().Create(At("large"), {.size_hint = hint, .create_only = !hint});
    ASSERT_TRUE(writer.ok());
    for (size_t at = 0; at < bytes.size(); at += 3'000'000) {
      const std::string_view piece = std::string_view(bytes).substr(at, 3'000'000);
      ASSERT_TRUE((*writer)->Write(piece).ok());
    }
    const auto made = (*writer)->Commit();
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_EQ(made->size, 20'000'003);
    EXPECT_EQ(*made, store().Stat(At("large")).value());
    EXPECT_TRUE(GetObject(store(), At("large"), 50'000'000).value() == bytes);
  }
  const auto second = store().Create(At("large"), {.create_only = true});
  ASSERT_TRUE((*second)->Write(bytes).ok());
  EXPECT_EQ((*second)->Commit().code(), Code::kAlreadyExists);
  // The service copies the large middle by itself, where it can.
  const auto writer = store().Create(At("joined"), {});
  ASSERT_TRUE((*writer)->Write(std::string_view("head")).ok());
  ASSERT_TRUE((*writer)->Append(store(), At("large"), 1, 15'000'000).ok());
  ASSERT_TRUE((*writer)->Append(store(), At("large"), 7, 20).ok());
  const auto joined = (*writer)->Commit();
  ASSERT_TRUE(joined.ok()) << joined.status().ToString();
  EXPECT_TRUE(GetObject(store(), At("joined"), 50'000'000).value() ==
              "head" + bytes.substr(1, 15'000'000) + bytes.substr(7, 20));
}

TEST_F(AzureServerTest, PresignedUrlsWork) {
  if (!is_tls()) GTEST_SKIP() << "signed URLs are for TLS";
  ASSERT_TRUE(PutObject(store(), At("a b%41\xc3\xbc"), "content").ok());
  http::Client client(RealOptions().client.transport);
  const auto read = store().Presign({.object = At("a b%41\xc3\xbc"), .file_name = "x y.txt"});
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  http::ClientRequest request;
  request.url = read->url;
  const auto got = client.Do(request);
  ASSERT_TRUE(got.ok()) << got.status().ToString();
  EXPECT_EQ(got->body, "content");
  EXPECT_EQ(got->Find("Content-Disposition"), "attachment; filename=\"x y.txt\"");
  request.method = "PUT";
  request.headers = {{"x-ms-blob-type", "BlockBlob"}};
  EXPECT_EQ(client.Do(request)->status, 403) << "it is for reading";
  const auto write =
      store().Presign({.verb = PresignRequest::Verb::kWrite, .object = At("written")});
  ASSERT_TRUE(write.ok());
  request.url = write->url;
  request.body = "by url";
  ASSERT_EQ(client.Do(request)->status, 201);
  EXPECT_EQ(GetObject(store(), At("written"), 10).value(), "by url");
}

TEST_F(AzureServerTest, OddNamesAreNames) {
  for (const std::string name :
       {"plus+sign", "q?a=b&c", "hash#mark", "quote'\"", "\xe6\x97\xa5/\xf0\x9f\x98\x80", "a//b",
        "percent%", "percent%2Fslash", "[x]{y}", "tilde~()!*@$", "with space"}) {
    ASSERT_TRUE(PutObject(store(), At("odd/" + name), name).ok()) << name;
    EXPECT_EQ(GetObject(store(), At("odd/" + name), 100).value(), name);
  }
  const auto page = store().List({namespace_, "odd/"});
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  ASSERT_EQ(page->objects.size(), 11u);
  for (const ListedObject& object : page->objects) {
    EXPECT_EQ("odd/" + GetObject(store(), At(object.address), 100).value(), object.address);
    ASSERT_TRUE(store().Copy(At(object.address), At("copy of " + object.address), {}).ok());
  }
  // What an import notes leads back to the object.
  const auto walker = store().Walk({.source_uri = namespace_ + "/odd"});
  ASSERT_TRUE(walker.ok()) << walker.status().ToString();
  const auto batch = (*walker)->Next();
  ASSERT_TRUE(batch.ok() && *batch);
  ASSERT_TRUE(
      (*batch)
          ->Read([&](const WalkedObject& object) {
            const auto got = GetObject(store(), {"", object.address, AddressType::kFull}, 100);
            EXPECT_EQ("odd/" + got.value(), object.relative_key);
          })
          .ok());
}

TEST_F(AzureServerTest, MissingContainersAreFailures) {
  const std::string missing = "https://" + std::string(kAccount) + ".blob.core.windows.net/none";
  EXPECT_EQ(store().Open({missing, "x"}, {}).code(), Code::kIo);
  EXPECT_EQ(PutObject(store(), {missing, "x"}, "").code(), Code::kIo);
  EXPECT_EQ(store().Walk({.source_uri = missing + "/x/"}).code(), Code::kIo);
}

// Scripts.

using azure::Asked;
using azure::BlobAnswer;
using azure::Refusal;
using azure::ScriptedServer;
using azure::XmlAnswer;

constexpr std::string_view kBase = "https://account.blob.core.windows.net/c";
const std::vector<std::string> kPaths = {"/account/c/from", "/account/c/to", "/account/c"};

std::unique_ptr<RetryStore> WithRetries(const std::string& url, int attempts_max) {
  AzureStoreOptions options;
  options.client = azure::OptionsFor(url);
  options.retry = azure::RetryAtOnce(attempts_max);
  return std::make_unique<RetryStore>(
      std::make_unique<AzureStore>(options, std::make_unique<azure::TestTokens>(), SystemClock(),
                                   SystemRandom()),
      options.retry, SystemRandom());
}

http::Response HeadAnswer(int64_t size, std::string_view content_md5 = "") {
  http::Response response = BlobAnswer();
  response.announced_length = size;
  if (!content_md5.empty()) response.Add("Content-MD5", content_md5);
  return response;
}

TEST(AzureStore, ALostAnswerToANewBlobIsLookedAfter) {
  for (const bool ours : {true, false}) {
    int puts = 0;
    ScriptedServer server(kPaths, [&](const Asked& asked) {
      if (asked.method == "HEAD") {
        return HeadAnswer(5, ours ? "XUFAKrxLKna5cZ2REBfFkg==" : "1B2M2Y8AsgTpgAmY7PhCfg==");
      }
      EXPECT_EQ(asked.Get("If-None-Match"), "*");
      return ++puts == 1 ? Refusal("OperationTimedOut", 500) : Refusal("BlobAlreadyExists", 409);
    });
    const auto stored =
        WithRetries(server.url(), 3)->Put({kBase, "to"}, "hello", {.create_only = true});
    EXPECT_EQ(stored.code(), ours ? Code::kOk : Code::kAlreadyExists);
  }
  // Without a lost answer nobody looks.
  ScriptedServer server(kPaths, [](const Asked&) { return Refusal("BlobAlreadyExists", 409); });
  EXPECT_EQ(WithRetries(server.url(), 3)->Put({kBase, "to"}, "hello", {.create_only = true}).code(),
            Code::kAlreadyExists);
  EXPECT_EQ(server.asked().size(), 1u);
}

/// Takes blocks; the first answer to their list is lost.
class BlockServer {
 public:
  explicit BlockServer(bool keeps_ours)
      : server(kPaths,
               [this, keeps_ours](const Asked& asked) { return Answer(asked, keeps_ours); }) {}

  http::Response Answer(const Asked& asked, bool keeps_ours) {
    const std::string comp(asked.query.Get("comp"));
    if (comp == "block") {
      ids.emplace_back(asked.query.Get("blockid"));
      return http::Text("", 201);
    }
    if (asked.method == "HEAD") return HeadAnswer(20'000'000);
    if (asked.method == "PUT") {
      return ++lists == 1 ? Refusal("InternalError", 500) : Refusal("BlobAlreadyExists", 409);
    }
    std::string text = "<BlockList><CommittedBlocks>";
    for (const std::string& id : ids) {
      if (keeps_ours) text += "<Block><Name>" + id + "</Name></Block>";
    }
    return XmlAnswer(text + "</CommittedBlocks></BlockList>");
  }

  std::vector<std::string> ids;
  int lists = 0;
  ScriptedServer server;
};

TEST(AzureStore, ALostAnswerToAListOfBlocksIsLookedAfter) {
  for (const bool ours : {true, false}) {
    BlockServer script(ours);
    const auto store = WithRetries(script.server.url(), 3);
    const auto writer = store->Create({kBase, "to"}, {.create_only = true});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write(std::string(20'000'000, 'x')).ok());
    const auto made = (*writer)->Commit();
    EXPECT_EQ(made.code(), ours ? Code::kOk : Code::kAlreadyExists) << made.status().ToString();
    ASSERT_EQ(script.ids.size(), 3u);
    for (size_t i = 0; i < script.ids.size(); ++i) {
      const std::string id = DecodeBase64(script.ids[i]).value();
      ASSERT_EQ(id.size(), 64u);
      EXPECT_EQ(id.substr(0, 16), DecodeBase64(script.ids[0])->substr(0, 16));
      EXPECT_EQ(id.substr(16), std::string(3, '\0') + static_cast<char>(i) + std::string(44, '\0'));
    }
  }
}

TEST(AzureStore, AReadIsOfOneObject) {
  ScriptedServer server(kPaths, [&](const Asked& asked) {
    if (!asked.Get("If-Match").empty()) return Refusal("ConditionNotMet", 412);
    return BlobAnswer(std::string(1'000'000, 'x'));
  });
  const auto store = WithRetries(server.url(), 3);
  const auto reader = store->Open({kBase, "from"}, {});
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  char piece[3];
  ASSERT_EQ((*reader)->ReadAt(0, piece).value(), 3u);
  const auto got = (*reader)->ReadAt(500'000, piece);
  EXPECT_EQ(got.code(), Code::kIo);
  EXPECT_EQ(got.status().message(), "object was replaced while it was read");
}

TEST(AzureStore, RangesFromTheEndAreCounted) {
  ScriptedServer server(kPaths, [&](const Asked& asked) {
    if (asked.method == "HEAD") return HeadAnswer(10);
    EXPECT_EQ(asked.Get("x-ms-range"), "bytes=7-");
    EXPECT_EQ(asked.Get("If-Match"), "\"0x8\"");
    http::Response response = BlobAnswer("789", 206);
    response.Add("Content-Range", "bytes 7-9/10");
    return response;
  });
  const auto store = WithRetries(server.url(), 3);
  const auto stream = store->OpenStream({kBase, "from"}, ByteRange::Last(3));
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  char piece[5];
  EXPECT_EQ((*stream)->Read(piece).value(), 3u);
}

std::string ListText(const std::vector<std::string>& names, std::string_view marker) {
  std::string text = "<EnumerationResults><Blobs>";
  for (const std::string& name : names) {
    text += "<Blob><Name>" + name +
            "</Name><Properties><Content-Length>1</Content-Length><Last-Modified>Fri, 24 May 2013 "
            "00:00:00 GMT</Last-Modified></Properties></Blob>";
  }
  return text + "</Blobs><NextMarker>" + std::string(marker) + "</NextMarker></EnumerationResults>";
}

TEST(AzureStore, PagesGoOnByTheMarker) {
  ScriptedServer server(kPaths, [&](const Asked& asked) {
    const std::string_view marker = asked.query.Get("marker");
    if (marker.empty()) return XmlAnswer(ListText({"p/"}, "m0"));
    return XmlAnswer(marker == "m0" ? ListText({"p/a"}, "m1") : ListText({"p/a"}, ""));
  });
  const auto store = WithRetries(server.url(), 1);
  const std::string ns = std::string(kBase) + "/p";
  const auto page = store->List({ns, "", "", 1});
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  ASSERT_EQ(page->objects.size(), 1u) << "a marker of the namespace is no object";
  EXPECT_EQ(page->objects[0].address, "a");
  EXPECT_EQ(store->List({ns, "", page->continuation, 1}).code(), Code::kIo) << "out of order";
}

TEST(AzureStore, WalksThatBeginInTheMiddleDropWhatIsBefore) {
  ScriptedServer server(kPaths, [&](const Asked& asked) {
    const std::string_view marker = asked.query.Get("marker");
    if (marker.empty()) return XmlAnswer(ListText({"p/a", "p/b"}, "m1"));
    return XmlAnswer(marker == "m1" ? ListText({"p/c", "p/d"}, "m2") : ListText({"p/e"}, ""));
  });
  const auto store = WithRetries(server.url(), 1);
  const std::string source = std::string(kBase) + "/p/";
  auto walker = store->Walk({.source_uri = source, .continuation = "p/c"});
  ASSERT_TRUE(walker.ok()) << walker.status().ToString();
  std::string seen;
  for (;;) {
    const auto batch = (*walker)->Next();
    ASSERT_TRUE(batch.ok()) << batch.status().ToString();
    if (!*batch) break;
    ASSERT_TRUE((*batch)->Read([&](const WalkedObject& object) { seen += object.address; }).ok());
  }
  EXPECT_EQ(seen, source + "d" + source + "e");
}

TEST(AzureStore, CopiesThroughTheServerWithoutTls) {
  ScriptedServer server(kPaths, [&](const Asked& asked) {
    if (asked.method == "HEAD") return HeadAnswer(7);
    EXPECT_EQ(asked.Get("x-ms-copy-source"), "");
    EXPECT_EQ(asked.Get("x-ms-range"), "");
    return asked.method == "GET" ? BlobAnswer("content") : BlobAnswer("", 201);
  });
  const auto copied = WithRetries(server.url(), 1)->Copy({kBase, "from"}, {kBase, "to"}, {});
  ASSERT_TRUE(copied.ok()) << copied.status().ToString();
  EXPECT_EQ(copied->size, 7);
  EXPECT_EQ(server.asked().back().body, "content");
}

TEST(AzureStore, SaysWhatItCannotPresign) {
  AzureStoreOptions options;
  options.pre_signed = false;
  AzureStore store(options, std::make_unique<azure::TestTokens>(), SystemClock(), SystemRandom());
  EXPECT_EQ(store.Presign({.object = {kBase, "x"}}).code(), Code::kUnsupported);
  EXPECT_EQ(store.info().namespace_regex, R"(^https?://[a-z0-9_-]+\.blob.core.windows.net)");
}

}  // namespace
}  // namespace tarn::block
