// Writers against a script that keeps one object.
#include "block/s3/s3_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/blocking.h"
#include "block/s3/put_object.h"
#include "block/s3/testing/scripted_s3.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::block::s3 {
namespace {

using testing::HasSubstr;

/// Keeps one object, in parts or whole; the test decides which answers are lost.
class OneObject {
 public:
  explicit OneObject(std::function<bool(const Asked&)> is_lost)
      : is_lost_(std::move(is_lost)),
        server_({"/bucket/key"}, [this](const Asked& asked) { return Answer(asked); }),
        client_(OptionsFor(server_.url()), std::make_unique<TestKeys>(), 0, SystemClock()),
        retrier_(RetryAtOnce(4), SystemRandom()) {}

  Result<ObjectProperties> Write(std::string_view bytes, bool create_only) {
    S3Writer writer(tools(), {"bucket", "key"}, {.create_only = create_only});
    TARN_TRY(writer.Write(bytes));
    return writer.Commit();
  }
  WriterTools tools() { return {client_, retrier_, encryption, budget}; }
  int Count(std::string_view method, std::string_view query) {
    int count = 0;
    for (const Asked& asked : server_.asked()) {
      count += asked.method == method && (query.empty() || asked.query.Has(query)) ? 1 : 0;
    }
    return count;
  }
  std::vector<Asked> asked() { return server_.asked(); }

  std::optional<std::string> object;
  bool heeds_conditions = true;
  Encryption encryption;
  http::ByteBudget budget{64 << 20};

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
    const bool is_conditional = heeds_conditions && asked.Get("If-None-Match") == "*";
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
    if (!object) return Refuse(404, "NoSuchKey");
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
  ScriptedS3 server_;
  Client client_;
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
    EXPECT_EQ(store.Count("HEAD", ""), create_only ? 2 : 1) << "before, and after the refusal";
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
  OneObject ours(LoseFirst("PUT", ""));
  EXPECT_TRUE(ours.Write("small", true).ok()) << "the first attempt made it";
  for (const std::string bytes : {"small", "other"}) {
    // Somebody makes it between the look and the first attempt, whose answer is lost.
    std::optional<std::string>* object = nullptr;
    OneObject store([&, lose = LoseFirst("PUT", "")](const Asked& asked) {
      if (asked.method == "HEAD" && !*object) *object = bytes;
      return lose(asked);
    });
    object = &store.object;
    EXPECT_EQ(store.Write("small", true).code(),
              bytes == "small" ? Code::kOk : Code::kAlreadyExists);
  }
}

TEST(S3Writer, AStoreWithoutConditionsIsLookedAt) {
  for (const std::string& bytes : {std::string("small"), Large()}) {
    OneObject store([](const Asked&) { return false; });
    store.heeds_conditions = false;
    store.object = "of others";
    EXPECT_EQ(store.Write(bytes, true).code(), Code::kAlreadyExists);
    EXPECT_EQ(store.object, "of others");
    EXPECT_EQ(store.Count("HEAD", ""), 1);
    EXPECT_TRUE(store.Write(bytes, false).ok());
    EXPECT_EQ(store.Count("HEAD", ""), 1) << "nobody looks for what may be replaced";
  }
  // A second look would take the object of the first attempt for that of others.
  OneObject lost(LoseFirst("PUT", ""));
  lost.heeds_conditions = false;
  EXPECT_TRUE(lost.Write("small", true).ok());
  EXPECT_EQ(lost.Count("HEAD", ""), 1);
}

TEST(S3Writer, WhatIsNamedByItsContentIsNotLookedFor) {
  for (const bool heeds_conditions : {true, false}) {
    OneObject store([](const Asked&) { return false; });
    store.heeds_conditions = heeds_conditions;
    const auto put = [&](const std::string& bytes) {
      const WriterTools tools = store.tools();
      return PutBytes(tools.client, tools.retrier, {"bucket", "key"}, bytes, tools.encryption,
                      Older::kAsItCosts)
          .code();
    };
    EXPECT_EQ(put("content"), Code::kOk);
    EXPECT_EQ(put("in other words"), heeds_conditions ? Code::kAlreadyExists : Code::kOk);
    EXPECT_EQ(store.object, heeds_conditions ? "content" : "in other words");
    EXPECT_EQ(store.asked().size(), 2u) << "one request each";
  }
}

TEST(S3Writer, BuffersAreCounted) {
  OneObject store([](const Asked&) { return false; });
  const std::string piece(1 << 20, 'x');
  {
    S3Writer small(store.tools(), {"bucket", "key"}, {});
    ASSERT_TRUE(small.Write(std::string_view(piece).substr(0, 100)).ok());
    EXPECT_EQ(store.budget.used(), 256 << 10);
    S3Writer announced(store.tools(), {"bucket", "key"}, {.size_hint = 1000});
    ASSERT_TRUE(announced.Write(std::string_view(piece).substr(0, 100)).ok());
    EXPECT_EQ(store.budget.used(), (256 << 10) + 1000);
    S3Writer large(store.tools(), {"bucket", "key"}, {.size_hint = 100 << 20});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(large.Write(piece).ok());
    EXPECT_EQ(store.budget.used(), (256 << 10) + 1000 + (8 << 20)) << "one part";
  }
  EXPECT_EQ(store.budget.used(), 0);
  std::vector<std::unique_ptr<S3Writer>> writers;
  Status status;
  while (status.ok() && writers.size() < 100) {
    writers.push_back(
        std::make_unique<S3Writer>(store.tools(), Location{"bucket", "key"}, WriteOptions{}));
    status = writers.back()->Write(piece);
  }
  EXPECT_EQ(writers.size(), 9u) << "eight parts of 8 MiB in 64";
  EXPECT_EQ(status.code(), Code::kSlowDown);
  EXPECT_THAT(std::string(status.message()), HasSubstr("too many uploads"));
  writers.erase(writers.begin());
  EXPECT_TRUE(store.Write(Large(), false).ok());
}

TEST(S3Writer, AnUploadIsNotEndedWhereNobodyMayWait) {
  OneObject store([](const Asked&) { return false; });
  auto writer =
      std::make_unique<S3Writer>(store.tools(), Location{"bucket", "key"}, WriteOptions{});
  ASSERT_TRUE(writer->Write(Large()).ok());
  const NoBlockingScope scope;
  writer.reset();
  EXPECT_EQ(store.Count("DELETE", ""), 0);
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
  store.encryption = {"aws:kms", "key-1"};
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

}  // namespace
}  // namespace tarn::block::s3
