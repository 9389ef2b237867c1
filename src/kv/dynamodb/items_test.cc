#include "kv/dynamodb/items.h"

#include <gtest/gtest.h>

namespace tarn::kv::dynamodb {
namespace {

Json Parse(std::string_view text) {
  auto json = ParseJson(text);
  EXPECT_TRUE(json.ok()) << json.status().ToString();
  return *std::move(json);
}

// Bytes that are in no text: "p" is "cA==", "k" "aw==", "\xff" "/w==", "old" "b2xk", "new" "bmV3".

TEST(DynamoDbItems, WhatIsReadAndWritten) {
  EXPECT_EQ(GetBody("t", "p", "\xff"),
            R"({"TableName":"t","ConsistentRead":true,)"
            R"("Key":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"/w=="}}})");
  EXPECT_EQ(PutBody("t", "p", "k", "new", nullptr),
            R"({"TableName":"t","Item":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="},)"
            R"("ItemValue":{"B":"bmV3"}}})");
  EXPECT_EQ(PutBody("t", "p", "k", "", nullptr),
            R"({"TableName":"t","Item":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="},)"
            R"("ItemValue":{"NULL":true}}})");
  EXPECT_EQ(DeleteBody("t", "p", "k", nullptr),
            R"({"TableName":"t","Key":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="}}})");
}

TEST(DynamoDbItems, Conditions) {
  const std::string begin =
      R"({"TableName":"t","Key":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="}},)";
  const auto body = [](const Predicate& predicate) {
    return DeleteBody("t", "p", "k", &predicate);
  };
  EXPECT_EQ(body(Predicate::Absent()),
            begin + R"x("ConditionExpression":"attribute_not_exists(ItemValue)"})x");
  EXPECT_EQ(body(Predicate::Present()),
            begin + R"x("ConditionExpression":"attribute_exists(ItemValue)"})x");
  EXPECT_EQ(body(Predicate::Equals("old")),
            begin + R"("ConditionExpression":"ItemValue = :old",)"
                    R"("ExpressionAttributeValues":{":old":{"B":"b2xk"}}})");
  EXPECT_EQ(body(Predicate::Equals("")),
            begin + R"x("ConditionExpression":"ItemValue IN (:old, :empty)",)x"
                    R"("ExpressionAttributeValues":{":old":{"NULL":true},":empty":{"B":""}}})");
  const Predicate old = Predicate::Equals("old");
  EXPECT_EQ(PutBody("t", "p", "k", "new", &old),
            R"({"TableName":"t","Item":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="},)"
            R"("ItemValue":{"B":"bmV3"}},"ConditionExpression":"ItemValue = :old",)"
            R"("ExpressionAttributeValues":{":old":{"B":"b2xk"}}})");
}

TEST(DynamoDbItems, Items) {
  const auto read = [](std::string_view text) { return ReadItem(Parse(text)); };
  EXPECT_EQ(read(R"({"Item":{"ItemValue":{"B":"bmV3"}}})").value(), "new");
  EXPECT_EQ(read(R"({"Item":{"ItemValue":{"B":""}}})").value(), "");
  EXPECT_EQ(read(R"({"Item":{"ItemValue":{"NULL":true}}})").value(), "");
  EXPECT_EQ(read("{}").value(), std::nullopt);
  for (const std::string_view damaged :
       {R"({"Item":{}})", R"({"Item":{"ItemValue":{"S":"x"}}})",
        R"({"Item":{"ItemValue":{"B":"%"}}})", R"({"Item":{"ItemValue":{"NULL":false}}})"}) {
    EXPECT_EQ(read(damaged).code(), Code::kCorrupt) << damaged;
  }
  EXPECT_EQ(read(R"({"Item":7})").code(), Code::kIo);
}

TEST(DynamoDbItems, Queries) {
  const auto body = [](const PageQuery& query) { return QueryBody("t", query); };
  EXPECT_EQ(body({.partition = "p", .limit = 7}),
            R"({"TableName":"t","ConsistentRead":true,"Limit":7,)"
            R"("KeyConditionExpression":"PartitionKey = :partition",)"
            R"("ExpressionAttributeValues":{":partition":{"B":"cA=="}}})");
  EXPECT_EQ(body({.partition = "p",
                  .from = "k",
                  .to = "\xff",
                  .after = "new",
                  .limit = 7,
                  .part = Part::kKeys}),
            R"({"TableName":"t","ConsistentRead":true,"Limit":7,"KeyConditionExpression":)"
            R"("PartitionKey = :partition AND ItemKey BETWEEN :from AND :to",)"
            R"("ExpressionAttributeValues":{":partition":{"B":"cA=="},":from":{"B":"aw=="},)"
            R"(":to":{"B":"/w=="}},"ProjectionExpression":"ItemKey",)"
            R"("ExclusiveStartKey":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"bmV3"}}})");
}

TEST(DynamoDbItems, Pages) {
  const auto page = ReadPage(Parse(R"({"Items":[{"ItemKey":{"B":"aw=="},"ItemValue":{"B":"bmV3"}},)"
                                   R"({"ItemKey":{"B":"/w=="},"ItemValue":{"NULL":true}}],)"
                                   R"("LastEvaluatedKey":{"ItemKey":{"B":"/w=="}}})"),
                             Part::kWhole);
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  ASSERT_EQ(page->records.size(), 2u);
  EXPECT_EQ(page->records[0].key, "k");
  EXPECT_EQ(page->records[0].value, "new");
  EXPECT_EQ(page->records[1].key, "\xff");
  EXPECT_EQ(page->records[1].value, "");
  EXPECT_EQ(page->after, "\xff");
  const std::string_view keys = R"({"Items":[{"ItemKey":{"B":"aw=="}}]})";
  EXPECT_EQ(ReadPage(Parse(keys), Part::kKeys)->after, std::nullopt);
  EXPECT_EQ(ReadPage(Parse(keys), Part::kWhole).code(), Code::kCorrupt);
  for (const std::string_view damaged :
       {"{}", R"({"Items":7})", R"({"Items":[{}]})", R"({"Items":[{"ItemKey":{"B":""}}]})",
        R"({"Items":[],"LastEvaluatedKey":7})", R"({"Items":[],"LastEvaluatedKey":{}})"}) {
    EXPECT_EQ(ReadPage(Parse(damaged), Part::kKeys).code(), Code::kIo) << damaged;
  }
}

TEST(DynamoDbItems, Batches) {
  const BatchWrite writes[] = {{"k", "new"}, {"\xff", std::nullopt}};
  EXPECT_EQ(BatchBody("t", "p", writes),
            R"({"RequestItems":{"t":[{"PutRequest":{"Item":{"PartitionKey":{"B":"cA=="},)"
            R"("ItemKey":{"B":"aw=="},"ItemValue":{"B":"bmV3"}}}},{"DeleteRequest":{"Key":)"
            R"({"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"/w=="}}}}]}})");
  const auto left = ReadUnprocessed(
      Parse(R"({"UnprocessedItems":{"t":[{"DeleteRequest":{"Key":{"ItemKey":{"B":"/w=="}}}},)"
            R"({"PutRequest":{"Item":{"ItemKey":{"B":"aw=="}}}}]}})"),
      "t");
  ASSERT_TRUE(left.ok()) << left.status().ToString();
  EXPECT_EQ(*left, (std::vector<std::string>{"\xff", "k"}));
  EXPECT_TRUE(ReadUnprocessed(Parse(R"({"UnprocessedItems":{}})"), "t")->empty());
  for (const std::string_view damaged :
       {"{}", R"({"UnprocessedItems":[]})", R"({"UnprocessedItems":{"t":7}})",
        R"({"UnprocessedItems":{"t":[{}]}})",
        R"({"UnprocessedItems":{"t":[{"PutRequest":{"Item":{}}}]}})"}) {
    EXPECT_EQ(ReadUnprocessed(Parse(damaged), "t").code(), Code::kIo) << damaged;
  }
}

TEST(DynamoDbItems, Scans) {
  EXPECT_EQ(ScanBody("t", ""),
            R"({"TableName":"t","ConsistentRead":true,"ProjectionExpression":"PartitionKey"})");
  const auto page = ReadKeys(
      Parse(R"({"Items":[{"PartitionKey":{"B":"cA=="}},{"PartitionKey":{"B":"cA=="}}],)"
            R"("LastEvaluatedKey":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="}}})"));
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  EXPECT_EQ(page->partitions, (std::vector<std::string>{"p", "p"}));
  EXPECT_EQ(ScanBody("t", page->after),
            R"({"TableName":"t","ConsistentRead":true,"ProjectionExpression":"PartitionKey",)"
            R"("ExclusiveStartKey":{"PartitionKey":{"B":"cA=="},"ItemKey":{"B":"aw=="}}})");
  EXPECT_EQ(ReadKeys(Parse(R"({"Items":[]})"))->after, "");
  EXPECT_EQ(ReadKeys(Parse(R"({"Items":[{}]})")).code(), Code::kIo);
}

}  // namespace
}  // namespace tarn::kv::dynamodb
