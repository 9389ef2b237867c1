// Uploads against a script that keeps one object and takes its bytes in pieces.
#include "block/gs/upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "block/gs/testing/scripted_gs.h"

namespace tarn::block::gs {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kPaths = {"/bucket/key", "/storage/v1/b/bucket/o/key",
                                         "/upload/storage/v1/b/bucket/o"};

/// What the script does with a request.
enum class Fate { kAnswer, kRefuse, kLoseAnswer };

class OneObject {
 public:
  explicit OneObject(std::function<Fate(const Asked&)> fate)
      : fate_(std::move(fate)),
        server_(kPaths, [this](const Asked& asked) { return Answer(asked); }),
        client_(*EndpointOf(server_.url()), TestTransport(), std::make_unique<TestTokens>(),
                SystemClock()),
        retrier_(RetryAtOnce(4), SystemRandom()) {}

  UploadTools tools() { return {client_, retrier_, encryption, SystemRandom()}; }
  Result<ObjectProperties> Write(std::string_view bytes, bool create_only = false) {
    remote::PartWriter writer(std::make_unique<ResumableUpload>(tools(), Location{"bucket", "key"}),
                              {.unit_bytes = kPieceUnitBytes}, budget,
                              {.create_only = create_only});
    TARN_TRY(writer.Write(bytes));
    return writer.Commit();
  }
  int Count(std::string_view method) {
    int count = 0;
    for (const Asked& asked : server_.asked()) count += asked.method == method ? 1 : 0;
    return count;
  }
  std::vector<Asked> asked() { return server_.asked(); }

  std::optional<std::string> object;
  std::optional<std::string> upload;  ///< What a resumable upload has.
  bool heeds_conditions = true;
  size_t piece_bytes_max = SIZE_MAX;  ///< Of a piece so much is kept.
  Encryption encryption;
  http::ByteBudget budget{64 << 20};

 private:
  http::Response Answer(const Asked& asked) {
    const Fate fate = fate_(asked);
    if (fate == Fate::kRefuse) return Refuse(503, "backendError");
    http::Response answer = Do(asked);
    if (fate == Fate::kAnswer) return answer;
    return Refuse(500, "internalError");
  }
  http::Response Make(std::string bytes) {
    object = std::move(bytes);
    return JsonAnswer(ObjectJson("key", *object, ++generation_));
  }
  http::Response Do(const Asked& asked) {
    const bool is_new = heeds_conditions && asked.query.Get("ifGenerationMatch") == "0";
    if (asked.method == "DELETE") {
      upload.reset();
      return http::Text("", 499);
    }
    if (asked.method == "POST") {
      if (is_new && object) return Refuse(412, "conditionNotMet");
      if (asked.query.Get("uploadType") == "multipart") return Make(MediaOf(asked));
      upload.emplace();
      is_done_ = false;
      http::Response response = JsonAnswer("");
      return std::move(
          response.Add("Location",
                       "http://elsewhere/upload/storage/v1/b/bucket/o?uploadType=resumable&"
                       "upload_id=1"));
    }
    if (asked.method == "PUT") return Piece(asked);
    if (!object) return Refuse(404, "notFound");
    if (asked.path == "/bucket/key") {
      http::Response response = http::Text(*object);
      response.Add("x-goog-generation", std::to_string(generation_));
      return std::move(response.Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT"));
    }
    return JsonAnswer(ObjectJson("key", *object, generation_));
  }
  static std::string MediaOf(const Asked& asked) {
    const std::string type = asked.Get("Content-Type");
    const std::string mark = "\r\n--" + type.substr(type.find("boundary=") + 9);
    const size_t part = asked.body.find(mark);
    const size_t begin = asked.body.find("\r\n\r\n", part) + 4;
    return asked.body.substr(begin, asked.body.rfind(mark) - begin);
  }
  http::Response Piece(const Asked& asked) {
    if (!upload) return Refuse(404, "notFound");
    const std::string range = asked.Get("Content-Range").substr(6);
    const std::string whole = range.substr(range.find('/') + 1);
    if (!is_done_ && !range.starts_with("*")) {
      EXPECT_EQ(std::stoul(range), upload->size()) << range;
      EXPECT_TRUE(whole != "*" || asked.body.size() % kPieceUnitBytes == 0) << asked.body.size();
      upload->append(asked.body, 0, piece_bytes_max);
    }
    if (whole != "*" && std::stoul(whole) == upload->size()) {
      if (!is_done_) Make(*upload);
      is_done_ = true;
      return JsonAnswer(ObjectJson("key", *object, generation_));
    }
    http::Response response;
    response.status = 308;
    if (!upload->empty()) response.Add("Range", "bytes=0-" + std::to_string(upload->size() - 1));
    return response;
  }

  const std::function<Fate(const Asked&)> fate_;
  bool is_done_ = false;
  int generation_ = 0;
  ScriptedServer server_;
  Client client_;
  Retrier retrier_;
};

Fate AnswerAll(const Asked&) { return Fate::kAnswer; }

std::string Bytes(size_t size) {
  std::string bytes(size, '\0');
  uint32_t seed = 7;
  for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  return bytes;
}

constexpr size_t kLarge = (20 << 20) + 17;

TEST(GsUpload, SmallObjectsAreOneRequest) {
  OneObject store(AnswerAll);
  for (const std::string_view bytes : {"", "small"}) {
    const auto made = store.Write(bytes);
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_EQ(store.object, bytes);
    EXPECT_EQ(made->size, static_cast<int64_t>(bytes.size()));
    EXPECT_EQ(made->last_modified.nanos, 123'000'000);
  }
  const auto asked = store.asked();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].query.Get("name"), "key");
  EXPECT_THAT(asked[1].body, HasSubstr("\r\nContent-Type: application/octet-stream\r\n\r\nsmall"));
  EXPECT_EQ(asked[1].Get("Authorization"), "Bearer token-1");
}

TEST(GsUpload, LargeOnesGoInPieces) {
  OneObject store(AnswerAll);
  const std::string bytes = Bytes(kLarge);
  ASSERT_TRUE(store.Write(bytes).ok());
  EXPECT_TRUE(store.object == bytes);
  EXPECT_EQ(store.Count("PUT"), 3);
  // What is stored of a piece may be less.
  store.piece_bytes_max = 3 << 20;
  ASSERT_TRUE(store.Write(bytes).ok());
  EXPECT_TRUE(store.object == bytes);
}

TEST(GsUpload, ALostAnswerIsAskedFor) {
  for (const Fate fate : {Fate::kRefuse, Fate::kLoseAnswer}) {
    int number = 0;
    OneObject store([&](const Asked&) { return ++number % 3 == 2 ? fate : Fate::kAnswer; });
    const std::string bytes = Bytes(kLarge);
    const auto made = store.Write(bytes, /*create_only=*/true);
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_TRUE(store.object == bytes);
  }
}

TEST(GsUpload, BytesThatTheStoreForgotAreNotMadeUp) {
  OneObject* forgetful = nullptr;
  int pieces = 0;
  OneObject store([&](const Asked& asked) {
    if (asked.method != "PUT" || ++pieces != 2) return Fate::kAnswer;
    forgetful->upload->resize(1 << 20);
    return Fate::kRefuse;
  });
  forgetful = &store;
  const auto made = store.Write(Bytes(kLarge));
  EXPECT_EQ(made.code(), Code::kIo);
  EXPECT_EQ(made.status().message(), "the object store lost bytes of an upload");
  EXPECT_FALSE(store.object);
  EXPECT_FALSE(store.upload) << "ended";
}

TEST(GsUpload, GivesUpAndLeavesNothing) {
  OneObject store(
      [](const Asked& asked) { return asked.method == "PUT" ? Fate::kRefuse : Fate::kAnswer; });
  EXPECT_EQ(store.Write(Bytes(kLarge)).code(), Code::kIo);
  EXPECT_FALSE(store.upload);
  EXPECT_FALSE(store.object);
}

TEST(GsUpload, NewOnesReplaceNothing) {
  for (const size_t size : {size_t{5}, kLarge}) {
    // There are emulators that do not heed the conditions of resumable uploads.
    for (const bool heeds : {true, size == 5}) {
      OneObject store(AnswerAll);
      store.heeds_conditions = heeds;
      store.object = "older";
      EXPECT_EQ(store.Write(Bytes(size), /*create_only=*/true).code(), Code::kAlreadyExists);
      EXPECT_EQ(store.object, "older");
    }
  }
}

TEST(GsUpload, ANewOneMayBeOurs) {
  int posts = 0;
  OneObject store([&](const Asked& asked) {
    return asked.method == "POST" && ++posts == 1 ? Fate::kLoseAnswer : Fate::kAnswer;
  });
  const auto made = store.Write("ours", /*create_only=*/true);
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->entity_tag, "1");
}

TEST(GsUpload, KeysAreSentAlong) {
  OneObject store(AnswerAll);
  store.encryption = *MakeEncryption("",
                                     "00112233445566778899aabbccddeeff00112233445566778899aabb"
                                     "ccddeeff");
  ASSERT_TRUE(store.Write(Bytes(kLarge)).ok());
  ASSERT_TRUE(store.Write("small").ok());
  for (const Asked& asked : store.asked()) {
    EXPECT_EQ(asked.Get("x-goog-encryption-algorithm"), "AES256") << asked.method;
    EXPECT_EQ(asked.Get("x-goog-encryption-key"), "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=");
    EXPECT_EQ(asked.Get("x-goog-encryption-key-sha256"),
              EncodeBase64(AsView(Sha256(store.encryption.customer_key))));
  }
  OneObject managed(AnswerAll);
  managed.encryption = *MakeEncryption("projects/p/locations/l/keyRings/r/cryptoKeys/k", "");
  ASSERT_TRUE(managed.Write("small").ok());
  EXPECT_EQ(managed.asked()[0].query.Get("kmsKeyName"),
            "projects/p/locations/l/keyRings/r/cryptoKeys/k");
}

TEST(GsUpload, KeysAreChecked) {
  EXPECT_EQ(MakeEncryption("", "abcd").status().message(),
            "value of customer-supplied server side encryption is not a valid 32 bytes AES key");
  EXPECT_EQ(MakeEncryption("", std::string(64, 'x')).code(), Code::kInvalidValue);
  EXPECT_EQ(MakeEncryption("k", std::string(64, 'a')).status().message(),
            "setting both kms and customer supplied encryption will result failure when "
            "reading/writing object");
}

}  // namespace
}  // namespace tarn::block::gs
