// Objects put together by a script that keeps objects by name.
#include "block/gs/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "block/gs/gs_store.h"
#include "block/gs/testing/scripted_gs.h"
#include "fmt/format.h"

namespace tarn::block::gs {
namespace {

using testing::ElementsAre;

constexpr std::string_view kObjects = "/storage/v1/b/bucket/o/";
constexpr std::string_view kCompose = "/compose";
constexpr int kPartsMax = 70;

std::string PartName(int number) { return fmt::format("p{:02}", number); }

class Bucket {
 public:
  explicit Bucket(std::function<bool(const Asked&)> loses = nullptr)
      : loses_(std::move(loses)),
        server_(Paths(), [this](const Asked& asked) { return Answer(asked); }) {}

  GsStore Store() {
    GsStoreOptions options;
    options.endpoint = *EndpointOf(server_.url());
    options.retry = RetryAtOnce(3);
    return GsStore(std::move(options), {.tokens = std::make_unique<TestTokens>()}, SystemClock(),
                   SystemRandom());
  }
  std::vector<Asked> asked() { return server_.asked(); }
  int composed() {
    int count = 0;
    for (const Asked& request : asked()) count += request.path.ends_with(kCompose) ? 1 : 0;
    return count;
  }

  std::map<std::string, std::string> objects;

 private:
  static std::vector<std::string> Paths() {
    std::vector<std::string> paths = {"/upload/storage/v1/b/bucket/o"};
    const auto add = [&](const std::string& key) {
      paths.push_back(std::string(kObjects) + key);
      paths.push_back(std::string(kObjects) + key + std::string(kCompose));
      paths.push_back("/bucket/" + key);
    };
    add("whole");
    for (int i = 0; i < kPartsMax; ++i) {
      add(PartName(i));
      add(PartName(i) + "_0");
    }
    return paths;
  }

  http::Response Answer(const Asked& asked) {
    http::Response answer = Do(asked);
    return loses_ && loses_(asked) ? Refuse(503, "backendError") : std::move(answer);
  }
  http::Response Do(const Asked& asked) {
    if (asked.path.starts_with("/bucket/")) {
      const auto found = objects.find(asked.path.substr(8));
      if (found == objects.end()) return Refuse(404, "notFound");
      http::Response response = PartOf(found->second, asked.Get("Range"));
      response.Add("x-goog-generation", "1");
      return std::move(response.Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT"));
    }
    if (!asked.path.starts_with(kObjects)) {  // Of an upload; all tests' have one name.
      const size_t begin = asked.body.find("\r\n\r\n", asked.body.find("octet-stream")) + 4;
      objects["whole"] = asked.body.substr(begin, asked.body.rfind("\r\n--") - begin);
      return JsonAnswer(ObjectJson("whole", objects["whole"], 1));
    }
    std::string key = asked.path.substr(kObjects.size());
    if (key.ends_with(kCompose)) {
      key.resize(key.size() - kCompose.size());
      return ComposeInto(key, asked);
    }
    const auto found = objects.find(key);
    if (found == objects.end()) return Refuse(404, "notFound");
    if (asked.method == "DELETE") {
      objects.erase(found);
      return http::Text("", 204);
    }
    return JsonAnswer(ObjectJson(key, found->second, 1));
  }
  static http::Response PartOf(const std::string& bytes, const std::string& range) {
    if (range.empty()) return http::Text(bytes);
    const size_t begin = std::stoul(range.substr(6));
    const size_t end = std::min(bytes.size(), std::stoul(range.substr(range.find('-') + 1)) + 1);
    http::Response response = http::Text(bytes.substr(begin, end - begin), 206);
    return std::move(
        response.Add("Content-Range", fmt::format("bytes {}-{}/{}", begin, end - 1, bytes.size())));
  }
  http::Response ComposeInto(const std::string& key, const Asked& asked) {
    if (asked.query.Get("ifGenerationMatch") == "0" && objects.contains(key)) {
      return Refuse(412, "conditionNotMet");
    }
    const auto body = ParseJson(asked.body);
    std::string whole;
    const auto& sources = body->Find("sourceObjects")->items();
    EXPECT_LE(sources.size(), kComposeMax);
    for (const Json& source : sources) {
      EXPECT_EQ(source.Find("objectPreconditions")->StringAt("ifGenerationMatch"), "1");
      whole += objects.at(std::string(*source.StringAt("name")));
    }
    objects[key] = whole;
    return JsonAnswer(ObjectJson(key, whole, 1));
  }

  const std::function<bool(const Asked&)> loses_;
  ScriptedServer server_;
};

/// Fills a bucket with parts, and writes the object of them all.
Result<ObjectProperties> WriteWhole(Bucket& bucket, int parts, bool create_only = true) {
  GsStore store = bucket.Store();
  std::string whole;
  for (int i = 0; i < parts; ++i) {
    bucket.objects[PartName(i)] = fmt::format("bytes of {};", i);
  }
  TARN_TRY_ASSIGN(const auto writer,
                  store.Create({"gs://bucket", "whole"}, {.create_only = create_only}));
  for (int i = 0; i < parts; ++i) {
    const std::string name = PartName(i);
    TARN_TRY(writer->Append(store, {"gs://bucket", name}, 0,
                            static_cast<int64_t>(bucket.objects[name].size())));
  }
  return writer->Commit();
}

void ExpectWhole(Bucket& bucket, int parts) {
  std::string whole;
  for (int i = 0; i < parts; ++i) whole += fmt::format("bytes of {};", i);
  EXPECT_EQ(bucket.objects["whole"], whole);
  // The parts are their owner's; what was between is gone.
  EXPECT_EQ(bucket.objects.size(), static_cast<size_t>(parts) + 1);
}

TEST(GsCompose, TheStorePutsWholeObjectsTogether) {
  for (const int parts : {1, 2, 32}) {
    Bucket bucket;
    const auto made = WriteWhole(bucket, parts);
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    ExpectWhole(bucket, parts);
    EXPECT_EQ(bucket.composed(), 1);
  }
}

TEST(GsCompose, ManyInLayers) {
  Bucket bucket;
  ASSERT_TRUE(WriteWhole(bucket, 65).ok());
  ExpectWhole(bucket, 65);
  std::vector<std::string> made;
  for (const Asked& request : bucket.asked()) {
    if (request.path.ends_with(kCompose)) made.push_back(request.path.substr(kObjects.size()));
  }
  EXPECT_THAT(made, ElementsAre("p00_0/compose", "p32_0/compose", "whole/compose"));
}

TEST(GsCompose, ALostAnswerIsNoFailure) {
  int lost = 0;
  Bucket bucket([&](const Asked& asked) { return asked.path.ends_with(kCompose) && lost++ == 0; });
  ASSERT_TRUE(WriteWhole(bucket, 3).ok());
  ExpectWhole(bucket, 3);
}

TEST(GsCompose, NewOnesReplaceNothing) {
  Bucket bucket;
  bucket.objects["whole"] = "older";
  EXPECT_EQ(WriteWhole(bucket, 3).code(), Code::kAlreadyExists);
  EXPECT_EQ(bucket.objects["whole"], "older");
  EXPECT_TRUE(WriteWhole(bucket, 3, /*create_only=*/false).ok());
  ExpectWhole(bucket, 3);
}

TEST(GsCompose, BytesInBetweenAreWrittenHere) {
  Bucket bucket;
  GsStore store = bucket.Store();
  bucket.objects = {{"p00", "first"}, {"p01", "second"}};
  const auto writer = *store.Create({"gs://bucket", "whole"}, {});
  ASSERT_TRUE(writer->Append(store, {"gs://bucket", "p00"}, 0, 5).ok());
  ASSERT_TRUE(writer->Write(std::string_view(", ")).ok());
  ASSERT_TRUE(writer->Append(store, {"gs://bucket", "p01"}, 0, 3).ok());
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(bucket.objects["whole"], "first, sec");
  EXPECT_EQ(bucket.composed(), 0);
  EXPECT_EQ((*store.Create({"gs://bucket", "whole"}, {}))
                ->Append(store, {"gs://bucket", "p00"}, 0, 6)
                .code(),
            Code::kIo);
}

}  // namespace
}  // namespace tarn::block::gs
