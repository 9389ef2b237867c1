// What is said to a server and made of its answers, against scripts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "base/blocking.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "http/testing/scripted_server.h"
#include "kv/dynamodb/dynamodb_store.h"

namespace tarn::kv::dynamodb {
namespace {

using http::Asked;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kActive =
    R"({"Table":{"TableStatus":"ACTIVE","KeySchema":[)"
    R"({"AttributeName":"PartitionKey","KeyType":"HASH"},)"
    R"({"AttributeName":"ItemKey","KeyType":"RANGE"}],"AttributeDefinitions":[)"
    R"({"AttributeName":"ItemKey","AttributeType":"B"},)"
    R"({"AttributeName":"PartitionKey","AttributeType":"B"}]}})";

/// Ends before the length that was announced.
class Nothing : public http::BodySource {
 public:
  Result<size_t> Read(std::span<char>) override { return Status(Code::kIo, "cut"); }
};

http::Response Cut() {
  http::Response response;
  response.body = http::StreamBody{std::make_unique<Nothing>(), 100};
  return response;
}

http::Response Refused(std::string_view type, int status = 400) {
  return http::Text(R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + std::string(type) +
                        R"(","message":"so it is"})",
                    status);
}

/// Lasting keys, or others with each call.
class Keys : public http::aws::CredentialSource {
 public:
  explicit Keys(int* fetched = nullptr) : fetched_(fetched) {}
  Result<std::optional<http::aws::Credentials>> Fetch() override {
    const int number = fetched_ == nullptr ? 1 : ++*fetched_;
    return std::optional(
        http::aws::Credentials{"KEY" + std::to_string(number), "very-secret", "session-token", {}});
  }

 private:
  int* const fetched_;
};

/// A server that is asked for one table, and says what the test wants.
class DynamoDbConversation : public testing::Test {
 protected:
  DynamoDbConversation()
      : server_({"/"}, [this](const Asked& asked) {
          const std::string operation = OperationOf(asked);
          if (operation == "DescribeTable" && !is_table_told_) {
            return http::Text(std::string(kActive));
          }
          // The last one stays.
          auto answer = answers_.empty() ? [] { return http::Text("{}"); } : answers_.front();
          if (answers_.size() > 1) answers_.pop_front();
          return answer();
        }) {
    options_.url = server_.url();
    options_.table = "table";
    options_.region = "eu-west-1";
    options_.retry.attempts_max = 3;
    options_.retry.sleep = [this](int64_t us) { pauses_us_.push_back(us); };
    options_.transport.stall_timeout_ms = 5000;
  }

  static std::string OperationOf(const Asked& asked) {
    const std::string target = asked.Get("X-Amz-Target");
    return target.substr(target.find('.') + 1);
  }
  Result<std::unique_ptr<Store>> Open() {
    return dynamodb::Open(options_, std::make_unique<Keys>(), SystemClock(), SystemRandom());
  }
  Store& store() {
    if (!store_) {
      auto opened = Open();
      EXPECT_TRUE(opened.ok()) << opened.status().ToString();
      store_ = *std::move(opened);
    }
    return *store_;
  }
  void Say(std::vector<std::function<http::Response()>> answers) {
    answers_.assign(answers.begin(), answers.end());
  }
  /// Operations since the last call.
  std::vector<std::string> Operations() {
    std::vector<std::string> names;
    const auto asked = server_.asked();
    for (; seen_ < asked.size(); ++seen_) names.push_back(OperationOf(asked[seen_]));
    return names;
  }
  std::string LastBody() { return server_.asked().back().body; }

  static std::function<http::Response()> Text(std::string_view text) {
    return [text = std::string(text)] { return http::Text(text); };
  }
  static std::function<http::Response()> Refuse(std::string type, int status = 400) {
    return [=] { return Refused(type, status); };
  }

  bool is_table_told_ = false;  // Else the table is there.
  std::deque<std::function<http::Response()>> answers_;
  std::vector<int64_t> pauses_us_;
  Options options_;
  size_t seen_ = 0;
  http::ScriptedServer server_;
  std::unique_ptr<Store> store_;
};

TEST_F(DynamoDbConversation, RequestsAreSignedWithTheirBodies) {
  Say({Text(R"({"Item":{"ItemValue":{"B":"bmV3"}}})")});
  EXPECT_EQ(store().Get("p", "k").value(), "new");
  const Asked asked = server_.asked().back();
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.path, "/");
  EXPECT_EQ(asked.Get("X-Amz-Target"), "DynamoDB_20120810.GetItem");
  EXPECT_EQ(asked.Get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(asked.Get("X-Amz-Content-Sha256"), ToHex(AsView(Sha256(asked.body))));
  EXPECT_EQ(asked.Get("X-Amz-Security-Token"), "session-token");
  EXPECT_THAT(asked.Get("Authorization"),
              HasSubstr("/eu-west-1/dynamodb/aws4_request, SignedHeaders=content-type;host;"
                        "x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, "));
  EXPECT_THAT(asked.body, HasSubstr(R"("ConsistentRead":true)"));
}

TEST_F(DynamoDbConversation, WhatIsThrottledIsAskedAgainAfterPausesThatGrow) {
  store();
  Operations();
  Say({Refuse("ProvisionedThroughputExceededException"), Refuse("ThrottlingException"),
       Text("{}")});
  EXPECT_EQ(store().Get("p", "k").value(), std::nullopt);
  EXPECT_EQ(Operations().size(), 3u);
  ASSERT_EQ(pauses_us_.size(), 2u);
  EXPECT_LE(pauses_us_[0], options_.retry.pause_us_first);
  EXPECT_LE(pauses_us_[1], 2 * options_.retry.pause_us_first);
  EXPECT_GE(pauses_us_[1], options_.retry.pause_us_first);
  Say({Refuse("RequestLimitExceeded")});
  const Status refused = store().Set("p", "k", "v");
  EXPECT_EQ(refused.code(), Code::kSlowDown);
  EXPECT_EQ(refused.message(),
            "DynamoDB PutItem of table: status 400 RequestLimitExceeded: so it is");
  EXPECT_EQ(Operations().size(), 3u) << "max_attempts";
}

TEST_F(DynamoDbConversation, AServerThatFailsIsAskedAgain) {
  store();
  Operations();
  Say({Refuse("InternalServerError", 500), [] { return Cut(); }, Text("{}")});
  EXPECT_TRUE(store().Set("p", "k", "v").ok());
  EXPECT_EQ(Operations().size(), 3u);
  Say({Refuse("ServiceUnavailable", 503)});
  EXPECT_EQ(store().Get("p", "k").code(), Code::kIo);
  EXPECT_EQ(Operations().size(), 3u);
}

TEST_F(DynamoDbConversation, WhatCannotHelpIsNotAskedAgain) {
  store();
  Operations();
  Say({Refuse("ValidationException")});
  EXPECT_EQ(store().Get("p", "k").code(), Code::kIo);
  Say({Refuse("AccessDeniedException")});
  const auto denied = store().Get("p", "k");
  EXPECT_EQ(denied.code(), Code::kIo);
  EXPECT_THAT(std::string(denied.status().message()), HasSubstr("the credentials need the rights"));
  Say({Text("[]")});
  EXPECT_EQ(store().Get("p", "k").code(), Code::kIo);
  Say({Text("{} {}")});
  EXPECT_EQ(store().Get("p", "k").code(), Code::kIo);
  EXPECT_EQ(Operations().size(), 4u);
}

TEST_F(DynamoDbConversation, AConditionThatDoesNotHold) {
  Say({Refuse("ConditionalCheckFailedException")});
  const Status failed = store().SetIf("p", "k", "v", Predicate::Absent());
  EXPECT_EQ(failed.code(), Code::kPredicateFailed);
  EXPECT_EQ(failed.message(), "predicate failed");
  EXPECT_EQ(store().DeleteIf("p", "k", Predicate::Present()).code(), Code::kPredicateFailed);
  // What was refused was not written.
  Say({Refuse("ThrottlingException"), Refuse("ConditionalCheckFailedException")});
  EXPECT_EQ(store().SetIf("p", "k", "v", Predicate::Absent()).code(), Code::kPredicateFailed);
}

TEST_F(DynamoDbConversation, AConditionThatDoesNotHoldAfterALostAnswerMayBeOurOwnDoing) {
  const std::function<http::Response()> doubts[] = {Refuse("InternalServerError", 500),
                                                    [] { return Cut(); }, Text("no JSON")};
  for (const auto& doubt : doubts) {
    Say({doubt, Refuse("ConditionalCheckFailedException")});
    const Status unknown = store().SetIf("p", "k", "v", Predicate::Absent());
    EXPECT_EQ(unknown.code(), Code::kIo);
    EXPECT_THAT(std::string(unknown.message()),
                HasSubstr("DynamoDB PutItem of table: an answer was lost, and whether the write "
                          "was made is not known"));
  }
  Say({Refuse("InternalServerError", 500), Refuse("ConditionalCheckFailedException")});
  EXPECT_EQ(store().DeleteIf("p", "k", Predicate::Equals("v")).code(), Code::kIo);
  Say({Refuse("InternalServerError", 500), Refuse("ThrottlingException")});
  EXPECT_EQ(store().SetIf("p", "k", "v", Predicate::Absent()).code(), Code::kIo)
      << "not: slow down";
  Say({Refuse("InternalServerError", 500), Text("{}")});
  EXPECT_TRUE(store().SetIf("p", "k", "v", Predicate::Absent()).ok());
}

TEST_F(DynamoDbConversation, NobodyThereLeavesNoDoubt) {
  store();
  options_.url = "http://127.0.0.1:1";
  EXPECT_EQ(Open().code(), Code::kIo);
  EXPECT_EQ(pauses_us_.size(), 2u);
}

TEST_F(DynamoDbConversation, WhatIsLeftOfABatchIsSentAgain) {
  store();
  Operations();
  Say({Text(R"({"UnprocessedItems":{"table":[{"PutRequest":{"Item":{"ItemKey":{"B":"Yg=="}}}}]}})"),
       Text(R"({"UnprocessedItems":{}})")});
  const Put puts[] = {{"a", "1"}, {"b", "2"}};
  for (const Status& status : store().SetMany("p", puts)) EXPECT_TRUE(status.ok());
  EXPECT_EQ(Operations(), (std::vector<std::string>{"BatchWriteItem", "BatchWriteItem"}));
  EXPECT_THAT(LastBody(), HasSubstr(R"("ItemKey":{"B":"Yg=="})"));
  EXPECT_THAT(LastBody(), Not(HasSubstr(R"("ItemKey":{"B":"YQ=="})")));
  Say({Text(
      R"({"UnprocessedItems":{"table":[{"PutRequest":{"Item":{"ItemKey":{"B":"Yg=="}}}}]}})")});
  const auto results = store().SetMany("p", puts);
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(results[1].code(), Code::kSlowDown);
}

TEST_F(DynamoDbConversation, BatchesKeepTheOrder) {
  store();
  Operations();
  Say({Text(R"({"UnprocessedItems":{}})")});
  const Predicate absent = Predicate::Absent();
  const Put puts[] = {{"a", "1"}, {"b", "2"}, {"a", "3"}, {"c", "4", &absent}, {"d", "5"}};
  for (const Status& status : store().SetMany("p", puts)) EXPECT_TRUE(status.ok());
  EXPECT_EQ(Operations(), (std::vector<std::string>{"BatchWriteItem", "BatchWriteItem", "PutItem",
                                                    "BatchWriteItem"}));
  std::vector<std::string> keys;
  for (int i = 0; i < 60; ++i) keys.push_back("key" + std::to_string(i));
  std::vector<Put> many;
  for (const std::string& key : keys) many.push_back({key, "v"});
  store().SetMany("p", many);
  EXPECT_EQ(Operations().size(), 3u) << "25 at a time";
}

TEST_F(DynamoDbConversation, PagesGrow) {
  options_.page_records_max = 100;
  Say({Text(R"({"Items":[{"ItemKey":{"B":"YQ=="},"ItemValue":{"B":""}}],)"
            R"("LastEvaluatedKey":{"ItemKey":{"B":"YQ=="}}})"),
       Text(R"({"Items":[],"LastEvaluatedKey":{"ItemKey":{"B":"Yg=="}}})"),
       Text(R"({"Items":[{"ItemKey":{"B":"Yw=="},"ItemValue":{"B":""}}]})")});
  const auto scan = store().Scan("p", "");
  ASSERT_TRUE(scan.ok());
  Operations();
  ASSERT_TRUE((*scan)->Seek("").ok());
  EXPECT_EQ((*scan)->key(), "a");
  EXPECT_THAT(LastBody(), HasSubstr(R"("Limit":64,)"));
  ASSERT_TRUE((*scan)->Next().ok());
  EXPECT_EQ((*scan)->key(), "c");
  EXPECT_THAT(LastBody(), HasSubstr(R"("Limit":100,)"));
  EXPECT_THAT(LastBody(), HasSubstr(R"("ExclusiveStartKey":{"PartitionKey":{"B":"cA=="},)"
                                    R"("ItemKey":{"B":"Yg=="}})"));
  ASSERT_TRUE((*scan)->Next().ok());
  EXPECT_FALSE((*scan)->Valid());
  EXPECT_EQ(Operations().size(), 3u);
}

TEST_F(DynamoDbConversation, ScansStayWhereTheyAreTold) {
  Say({Text(R"({"Items":[]})")});
  const auto scan = store().Scan("p", "b/");
  ASSERT_TRUE(scan.ok());
  Operations();
  ASSERT_TRUE((*scan)->Seek("c").ok());
  ASSERT_TRUE((*store().Scan("p", std::string(2000, 'x')))->Seek("").ok());
  EXPECT_TRUE(Operations().empty()) << "nothing can be there";
  ASSERT_TRUE((*scan)->Seek("b/" + std::string(2000, 'x')).ok());
  EXPECT_EQ(Operations().size(), 1u);
}

TEST_F(DynamoDbConversation, NothingWaitsWhereThatIsForbidden) {
  store();
  Operations();
  const auto scan = store().Scan("p", "");
  NoBlockingScope scope;
  EXPECT_EQ(store().Get("p", "k").code(), Code::kWouldBlock);
  EXPECT_EQ((*scan)->Seek("").code(), Code::kWouldBlock);
  EXPECT_EQ(store().ListPartitions().code(), Code::kWouldBlock);
  EXPECT_TRUE(Operations().empty());
}

TEST_F(DynamoDbConversation, TheTableIsMade) {
  is_table_told_ = true;
  Say({Refuse("ResourceNotFoundException"), Text("{}"), Refuse("ResourceNotFoundException"),
       Text(kActive)});
  EXPECT_TRUE(Open().ok());
  EXPECT_EQ(Operations(), (std::vector<std::string>{"DescribeTable", "CreateTable", "DescribeTable",
                                                    "DescribeTable"}));
  EXPECT_EQ(server_.asked()[1].body,
            R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
            R"({"AttributeName":"PartitionKey","AttributeType":"B"},)"
            R"({"AttributeName":"ItemKey","AttributeType":"B"}],"KeySchema":[)"
            R"({"AttributeName":"PartitionKey","KeyType":"HASH"},)"
            R"({"AttributeName":"ItemKey","KeyType":"RANGE"}]})");
  // Another server was first.
  Say({Refuse("ResourceNotFoundException"), Refuse("ResourceInUseException"), Text(kActive)});
  EXPECT_TRUE(Open().ok());
}

TEST_F(DynamoDbConversation, ATableThatIsNotOursIsRefused) {
  is_table_told_ = true;
  std::string other(kActive);
  other.replace(other.find("RANGE"), 5, "HASH");
  Say({Text(other)});
  EXPECT_EQ(Open().code(), Code::kUnsupported);
  Say({Refuse("AccessDeniedException")});
  EXPECT_EQ(Open().code(), Code::kIo);
  Say({Text("{}")});
  EXPECT_EQ(Open().code(), Code::kIo);
  std::string creating(kActive);
  creating.replace(creating.find("ACTIVE"), 6, "CREATING");
  Say({Text(creating)});
  options_.table_wait.timeout_ms = 0;
  const auto waiting = Open();
  EXPECT_EQ(waiting.code(), Code::kIo);
  EXPECT_EQ(waiting.status().message(),
            "table table of DynamoDB is not ready after 0 ms: it is CREATING; start again when it "
            "is active");
  Operations();
  options_.url = "ftp://x";
  EXPECT_EQ(Open().code(), Code::kInvalidValue);
}

TEST_F(DynamoDbConversation, ExpiredKeysAreReplaced) {
  int fetched = 0;
  auto opened =
      dynamodb::Open(options_, std::make_unique<Keys>(&fetched), SystemClock(), SystemRandom());
  ASSERT_TRUE(opened.ok());
  Say({Refuse("ExpiredTokenException"), Text("{}")});
  EXPECT_TRUE((*opened)->Set("p", "k", "v").ok());
  EXPECT_EQ(fetched, 2);
  EXPECT_THAT(server_.asked().back().Get("Authorization"), HasSubstr("Credential=KEY2/"));
}

TEST_F(DynamoDbConversation, WithoutKeysItIsTheServersFault) {
  class NoKeys : public http::aws::CredentialSource {
   public:
    Result<std::optional<http::aws::Credentials>> Fetch() override {
      return std::optional<http::aws::Credentials>();
    }
  };
  const auto opened =
      dynamodb::Open(options_, std::make_unique<NoKeys>(), SystemClock(), SystemRandom());
  EXPECT_EQ(opened.code(), Code::kIo);
  EXPECT_EQ(opened.status().message(), "DynamoDB: no credentials for the store found");
  EXPECT_TRUE(Operations().empty());
}

TEST_F(DynamoDbConversation, TheTableIsLookedAtNowAndThen) {
  options_.health_check_interval_ms = 1;
  store();
  for (int i = 0; i < 1000 && server_.asked().size() < 4; ++i) SleepForUs(5000);
  store_.reset();
  for (const std::string& name : Operations()) EXPECT_EQ(name, "DescribeTable");
  EXPECT_GE(seen_, 4u);
}

/// A look at a table: what it is asked for, and the names of what is wrong.
class DynamoDbExamination : public DynamoDbConversation {
 protected:
  std::vector<std::string> Complaints() {
    const auto checks = Examine(options_, std::make_unique<Keys>(), SystemClock(), SystemRandom());
    EXPECT_TRUE(checks.ok()) << checks.status().ToString();
    std::vector<std::string> names;
    for (const Check& check : *checks) {
      if (!check.status.ok()) names.emplace_back(check.name);
    }
    return names;
  }
  static constexpr const char* kRefusal = "ConditionalCheckFailedException";
};

TEST_F(DynamoDbExamination, TriesEachRightAndChangesNothing) {
  const auto nothing = Text("{}");
  const auto no_page = Text(R"({"Items":[]})");
  Say({nothing, no_page, Refuse(kRefusal), Refuse(kRefusal), nothing});
  EXPECT_THAT(Complaints(), testing::IsEmpty());
  EXPECT_THAT(Operations(), testing::ElementsAre("DescribeTable", "GetItem", "Query", "PutItem",
                                                 "DeleteItem", "BatchWriteItem"));
  for (const Asked& asked : server_.asked()) {
    const std::string operation = OperationOf(asked);
    if (operation == "PutItem" || operation == "DeleteItem") {
      EXPECT_THAT(asked.body, HasSubstr("ConditionExpression"));
    }
    EXPECT_EQ(operation == "BatchWriteItem", asked.body.find("DeleteRequest") != std::string::npos);
    EXPECT_THAT(asked.body, Not(HasSubstr("PutRequest")));
  }
}

TEST_F(DynamoDbExamination, TellsEachRightThatIsMissing) {
  const auto denied = Refuse("AccessDeniedException");
  Say({denied});
  EXPECT_THAT(Complaints(),
              testing::ElementsAre("GetItem", "Query", "PutItem", "DeleteItem", "BatchWriteItem"));
}

TEST_F(DynamoDbExamination, DoesNotMakeATableAndLooksAtNoOther) {
  is_table_told_ = true;
  Say({Refuse("ResourceNotFoundException")});
  EXPECT_THAT(Complaints(), testing::ElementsAre("table"));
  EXPECT_THAT(Operations(), testing::ElementsAre("DescribeTable"));
  Say({Text(R"({"Table":{"TableStatus":"ACTIVE","KeySchema":[],"AttributeDefinitions":[]}})")});
  EXPECT_THAT(Complaints(), testing::ElementsAre("table"));
  std::string making(kActive);
  making.replace(making.find("ACTIVE"), 6, "CREATING");
  Say({Text(making)});
  EXPECT_THAT(Complaints(), testing::ElementsAre("table"));
  Say({Refuse("AccessDeniedException")});
  EXPECT_FALSE(Examine(options_, std::make_unique<Keys>(), SystemClock(), SystemRandom()).ok());
}

}  // namespace
}  // namespace tarn::kv::dynamodb
