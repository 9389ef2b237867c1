#include "rest/contract/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/contract/common_parameters.h"

namespace tarn::rest {
namespace {

using ::testing::ElementsAre;

constexpr Parameter kList{.name = "list", .type = ParameterType::kStringList};
constexpr Parameter kSince{.name = "since", .type = ParameterType::kDateTime};
constexpr Parameter kKind{.name = "kind", .default_value = "a", .allowed = {"a", "b"}};
constexpr Parameter kTag{.name = "If-Match", .in = ParameterIn::kHeader, .allow_empty = true};

constexpr Operation kOperation{
    .id = "test",
    .method = "GET",
    .path = "/x/{name}",
    .parameters = {&params::kPath, &params::kPrefix, &params::kAmount, &params::kForce, &kList,
                   &kSince, &kKind, &params::kRange, &kTag}};

class ParametersTest : public ::testing::Test {
 protected:
  /// Verdict of validator, then binder; "" if both pass.
  std::string Read(std::string_view query, std::string_view segment = "n",
                   std::vector<std::pair<std::string_view, std::string_view>> headers = {}) {
    set_ = std::make_unique<ParameterSet>(list_);
    path_ = "/x/" + std::string(segment);
    query_ = query;
    http::RequestHead head;
    head.path = path_;
    head.query = query_;
    head.headers = std::move(headers);
    const std::string_view segments[] = {std::string_view(path_).substr(3)};
    if (auto problem = set_->Validate(head, segments)) return *problem;
    return set_->Bind().value_or("");
  }
  std::string_view Text(std::string_view name) { return set_->at(name).text; }

  const ParameterList list_{kOperation};
  std::string path_, query_;
  std::unique_ptr<ParameterSet> set_;
};

TEST_F(ParametersTest, DecodesAndFillsDefaults) {
  EXPECT_EQ(Read("path=a%2Fb+c&prefix=%C3%BC"), "");
  EXPECT_EQ(Text("name"), "n");
  EXPECT_EQ(Text("path"), "a/b c");
  EXPECT_EQ(Text("prefix"), "\xC3\xBC");
  EXPECT_EQ(set_->at("amount").integer, 100);
  EXPECT_FALSE(set_->at("force").boolean);
  EXPECT_EQ(Text("kind"), "a");
  EXPECT_FALSE(set_->at("since").present());
}

TEST_F(ParametersTest, WhatIsBoundStaysSoWhenAHandlerRunsAgain) {
  EXPECT_EQ(Read("path=p", "a%2Bb"), "");
  EXPECT_EQ(Text("name"), "a+b");
  EXPECT_EQ(set_->Bind(), std::nullopt);
  EXPECT_EQ(Text("name"), "a+b");
}

TEST_F(ParametersTest, IgnoresUnknownAndBrokenPairs) {
  EXPECT_EQ(Read("&&x=1&path=p&prefix=%4&prefix=a;b&%70refix=ok&=&list"),
            "parameter \"list\" in query has an error: empty value is not allowed");
  EXPECT_EQ(Read("&&x=1&path=p&prefix=%4&prefix=a;b&%70refix=ok&="), "");
  EXPECT_EQ(Text("prefix"), "ok");
}

TEST_F(ParametersTest, ReportsTheFirstFailureInTheRowsOrder) {
  EXPECT_EQ(Read("amount=x"),
            "parameter \"path\" in query has an error: value is required but missing");
  EXPECT_EQ(Read("path=&amount=x"),
            "parameter \"path\" in query has an error: empty value is not allowed");
  EXPECT_EQ(Read("path=p&amount=1001&force=x"),
            "parameter \"amount\" in query has an error: number must be at most 1000");
  EXPECT_EQ(Read("path=p&amount=-2"),
            "parameter \"amount\" in query has an error: number must be at least -1");
  EXPECT_EQ(Read("path=p&kind=c"),
            "parameter \"kind\" in query has an error: value is not one of the allowed values "
            "[\"a\",\"b\"]");
  EXPECT_EQ(Read("path=p", ""),
            "parameter \"name\" in path has an error: value is required but missing");
}

TEST_F(ParametersTest, RepeatedScalarsAndEmptyDefaultsFailInBinding) {
  EXPECT_EQ(Read("path=p&path=q"),
            "Invalid format for parameter path: multiple values for single value parameter 'path'");
  EXPECT_EQ(Read("path=p&amount="),
            "Invalid format for parameter amount: multiple values for single value parameter "
            "'amount'");
}

TEST_F(ParametersTest, IntegersPassTwoSetsOfRules) {
  EXPECT_EQ(Read("path=p&amount=010"), "");
  EXPECT_EQ(set_->at("amount").integer, 10);
  EXPECT_EQ(Read("path=p&amount=0x10"),
            "Invalid format for parameter amount: error binding string parameter: "
            "strconv.ParseInt: parsing \"0x10\": invalid syntax");
  EXPECT_EQ(Read("path=p&amount=99999999999999999999"),
            "parameter \"amount\" in query has an error: value 99999999999999999999: an invalid "
            "integer: value out of range");
}

TEST_F(ParametersTest, ListsKeepEveryValue) {
  EXPECT_EQ(Read("path=p&list=b&list=a%20"), "");
  EXPECT_THAT(set_->List("list"), ElementsAre("b", "a "));
  EXPECT_EQ(Read("path=p&list=b&list="),
            "parameter \"list\" in query has an error: empty value is not allowed");
}

TEST_F(ParametersTest, TimesNeedAZoneForTheBinder) {
  EXPECT_EQ(Read("path=p&since=2020-09-13T12:28:20.5%2B02:00"), "");
  EXPECT_EQ(set_->at("since").time.seconds, 1'599'992'900);
  EXPECT_EQ(set_->at("since").time.nanos, 500'000'000);
  EXPECT_EQ(Read("path=p&since=2020-09-13T12:28:20"),
            "Invalid format for parameter since: error parsing '2020-09-13T12:28:20' as RFC3339 or "
            "2006-01-02 time: parsing time \"2020-09-13T12:28:20\": extra text: \"T12:28:20\"");
}

TEST_F(ParametersTest, HeadersAreMatchedWithoutCaseAndUnescaped) {
  EXPECT_EQ(Read("path=p", "n", {{"rANGE", "bytes=0-1"}}), "");
  EXPECT_EQ(Text("Range"), "bytes=0-1");
  EXPECT_EQ(Read("path=p", "n", {{"Range", ""}}),
            "parameter \"Range\" in header has an error: empty value is not allowed");
  EXPECT_EQ(Read("path=p", "n", {{"If-Match", ""}}),
            "Invalid format for parameter If-Match: parameter 'If-Match' is empty, can't bind its "
            "value");
  EXPECT_EQ(Read("path=p", "n", {{"If-Match", "a"}, {"If-Match", "b"}}),
            "Expected one value for If-Match, got 2");
  EXPECT_EQ(Read("path=p", "n", {{"If-Match", "a%20b"}}), "");
  EXPECT_EQ(Text("If-Match"), "a b");
}

// The reference decodes a path once for routing if its escaping is the usual one, and once more in
// the binder.
TEST_F(ParametersTest, PathSegmentsAreDecodedAsTheReferenceDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a+b", "a b"},         {"a%2Bb", "a+b"},       {"a%2Fb", "a/b"},   {"a%20b", "a b"},
      {"%C3%BC", "\xC3\xBC"}, {"%c3%bc", "\xC3\xBC"}, {"a%2525b", "a%b"}, {"~x", "~x"}};
  for (const auto& [sent, expected] : cases) {
    EXPECT_EQ(Read("path=p", sent), "") << sent;
    EXPECT_EQ(Text("name"), expected) << sent;
  }
  EXPECT_EQ(Read("path=p", "a%25b"),
            "Invalid format for parameter name: error unescaping query parameter 'name': invalid "
            "URL escape \"%b\"");
}

}  // namespace
}  // namespace tarn::rest
