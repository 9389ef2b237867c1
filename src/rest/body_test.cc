#include "rest/body.h"

#include <gtest/gtest.h>

#include "rest/contract/openapi.h"
#include "rest/contract/operation.h"

namespace tarn::rest {
namespace {

class BodyTest : public ::testing::Test {
 protected:
  /// The reason of the refusal, or "".
  std::string Problem(std::string_view schema, std::string_view body) {
    const auto checked = CheckBody(body, "application/json", true, *schemas_.Get(schema));
    std::string text(checked.status().message());
    const std::string prefix = "request body has an error: ";
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    return text;
  }
  SchemaSet schemas_;
};

TEST_F(BodyTest, ReportsPropertiesByNameThenMissingOnes) {
  constexpr std::string_view kText = "{alpha: int, zeta!: string, beta!: bool}";
  EXPECT_EQ(Problem(kText, R"({"zeta":1,"alpha":"x"})"),
            "doesn't match schema: Error at \"/alpha\": value must be an integer");
  EXPECT_EQ(Problem(kText, R"({"zeta":"z"})"),
            "doesn't match schema: Error at \"/beta\": property \"beta\" is missing");
  EXPECT_EQ(Problem(kText, R"({})"),
            "doesn't match schema: Error at \"/zeta\": property \"zeta\" is missing");
  EXPECT_EQ(Problem(kText, R"({"zeta":"z","beta":true,"more":[1]})"), "");
}

TEST_F(BodyTest, NamesThePathOfTheOffendingValue) {
  EXPECT_EQ(
      Problem("ImportCreation", R"({"commit":{"message":"m","metadata":{"k":1}},"paths":[]})"),
      "doesn't match schema #/components/schemas/ImportCreation: Error at "
      "\"/commit/metadata/k\": value must be a string");
  EXPECT_EQ(Problem("ImportCreation", R"({"commit":{"message":"m"},"paths":[{},7]})"),
            "doesn't match schema #/components/schemas/ImportCreation: Error at "
            "\"/paths/0/type\": property \"type\" is missing");
}

TEST_F(BodyTest, NullIsTakenForADefaultOnly) {
  EXPECT_EQ(Problem("{a: bool = false}", R"({"a":null})"), "");
  EXPECT_EQ(Problem("{a: bool}", R"({"a":null})"),
            "doesn't match schema: Error at \"/a\": Value is not nullable");
  EXPECT_EQ(Problem("{a: string?}", R"({"a":null})"), "");
  EXPECT_EQ(Problem("{a!: string}", "null"), "doesn't match schema: Value is not nullable");
}

TEST_F(BodyTest, Limits) {
  EXPECT_EQ(Problem("{a: int(0..1)}", R"({"a":2})"),
            "doesn't match schema: Error at \"/a\": number must be at most 1");
  EXPECT_EQ(Problem("{a: int(0..)}", R"({"a":-1})"),
            "doesn't match schema: Error at \"/a\": number must be at least 0");
  EXPECT_EQ(Problem("{a: string(min 2)}", "{\"a\":\"\xC3\xBC\"}"),
            "doesn't match schema: Error at \"/a\": minimum string length is 2");
  EXPECT_EQ(Problem("{a: [int](min 1)}", R"({"a":[]})"),
            "doesn't match schema: Error at \"/a\": minimum number of items is 1");
  EXPECT_EQ(Problem("{a: enum(x|y)}", R"({"a":7})"),
            "doesn't match schema: Error at \"/a\": value is not one of the allowed values "
            "[\"x\",\"y\"]");
}

TEST_F(BodyTest, IntegersMayBeWrittenAsFractionsButNotBound) {
  const Schema& schema = *schemas_.Get("{a: int}");
  struct Case {
    std::string_view number;
    bool valid, bindable;
  };
  const Case cases[] = {{"1", true, true},
                        {"1.0", true, false},
                        {"1e2", true, false},
                        {"1.5", false, false},
                        {"99999999999999999999", true, false},
                        {"-5", true, true}};
  for (const Case& c : cases) {
    const auto checked =
        CheckBody("{\"a\":" + std::string(c.number) + "}", "application/json", true, schema);
    EXPECT_EQ(checked.ok(), c.valid) << c.number;
    if (!checked.ok()) continue;
    EXPECT_EQ(checked->bindable, c.bindable) << c.number;
  }
}

TEST_F(BodyTest, ContentTypes) {
  const Schema& schema = *schemas_.Get("{}");
  EXPECT_TRUE(CheckBody("{}", "application/json", true, schema).ok());
  EXPECT_TRUE(CheckBody("{}", "application/json;charset=utf-8", true, schema).ok());
  for (const std::string_view bad : {"", ";", "application/JSON", "text/json", "*/*"})
    EXPECT_FALSE(CheckBody("{}", bad, true, schema).ok()) << bad;
  EXPECT_TRUE(CheckBody("", "", false, schema).ok());
  EXPECT_FALSE(CheckBody("", "application/json", true, schema).ok());
}

TEST_F(BodyTest, DeepNestingIsRefusedNotFollowed) {
  std::string deep(100'000, '[');
  EXPECT_NE(Problem("{}", deep), "");
}

TEST(OpenApi, IsJsonAndEveryReferenceResolves) {
  SchemaSet schemas;
  const Result<Json> document = ParseJson(OpenApiDocument(schemas));
  ASSERT_TRUE(document.ok());
  size_t operations = 0;
  for (const auto& [path, item] : document->Find("paths")->members())
    for (const auto& [key, value] : item.members()) operations += key == "parameters" ? 0 : 1;
  EXPECT_EQ(operations, 134u + OwnOperations().size());

  const std::string text = OpenApiDocument(schemas);
  for (size_t at = 0; (at = text.find("\"$ref\":\"#/", at)) != std::string::npos; ++at) {
    const Json* found = &*document;
    std::string pointer = text.substr(at + 10, text.find('"', at + 10) - at - 10);
    for (size_t begin = 0; found && begin <= pointer.size();) {
      const size_t end = std::min(pointer.find('/', begin), pointer.size());
      found = found->Find(pointer.substr(begin, end - begin));
      begin = end + 1;
    }
    EXPECT_TRUE(found) << pointer;
  }
}

}  // namespace
}  // namespace tarn::rest
