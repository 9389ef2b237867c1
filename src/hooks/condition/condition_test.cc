#include "hooks/condition/condition.h"

#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

constexpr Timestamp kNow = {1'700'000'000, 0};

bool Holds(std::string_view expression, bool has_failed = false) {
  const auto holds = EvaluateCondition(expression, {.has_failed = has_failed, .now = kNow});
  EXPECT_TRUE(holds.ok()) << expression << ": " << holds.status().message();
  return holds.ok() && *holds;
}

TEST(ConditionTest, AsTheReferenceSays) {
  for (const std::string_view expression : {
           "true",
           "success()",
           "success() || failure()",
           "not failure()",
           "1 == 1",
           "1 + 1 == 2",
           "'it' in ['it']",
           "\"abc\" contains \"b\"",
           "\"abc\" startsWith \"a\"",
           "\"abc\" endsWith \"c\"",
           "\"abc\" matches \"^a.c$\"",
           "success() ? true : false",
           "failure() ?: true",
           "nil ?? true",
           "len([1, 2]) == 2",
           "all([1, 2], {# > 0})",
           "any([1, 2], # > 1)",
           "none([1], {# > 1})",
           "one([1, 2], {# == 1})",
           "[1, 2, 3][1] == 2",
           "{\"a\": 1}.a == 1",
           "upper(\"a\") == \"A\"",
           "split(\"a,b\", \",\")[1] == \"b\"",
           "max(1, 2) == 2",
           "2 ** 3 == 8",
           "2 ^ 3 == 8",
           "7 % 4 == 3",
           "1.5 < 2",
           "0x10 == 16",
           "true // comment",
           "/* comment */ true",
           "let x = 1; x == 1",
           "\"a\" + \"b\" == \"ab\"",
           "[1, 2] | len() == 2",
           "int(\"3\") == 3",
           "type(1) == \"int\"",
           "-1 < 0",
           "1 != 2",
           "1 in 1..3",
           "filter([1, 2, 3], {# > 1})[0] == 2",
           "map([1], {# + 1})[0] == 2",
           "count([1, 2], {# > 1}) == 1",
           "trim(\" a \") == \"a\"",
           "duration(\"1h\").Minutes() == 60",
           "now().Year() > 2000",
           "toJSON(true) == \"true\"",
           "first([true])",
           "unknown == nil",
           "1 / 0 > 0",
       }) {
    EXPECT_TRUE(Holds(expression)) << expression;
  }
}

TEST(ConditionTest, NotRecorded) {
  for (const std::string_view expression : {
           "1 not in [2]",
           "reduce([1, 2, 3], {#acc + #}) == 6",
           "fromJSON('{\"a\": [1]}').a[0] == 1",
           "'abc'[1:] == 'bc'",
           "maybe?.field == nil",
           "sortBy([{\"n\": 2}, {\"n\": 1}], \"n\")[0].n == 1",
           "groupBy(['a', 'b'], {#})[\"a\"][0] == 'a'",
           "replace('aXbX', 'X', '') == 'ab'",
       }) {
    EXPECT_TRUE(Holds(expression)) << expression;
  }
}

TEST(ConditionTest, WhatDoesNotHold) {
  for (const std::string_view expression : {
           "false",
           "failure()",
           "success() && failure()",
           "!success()",
           "not (success() and true)",
           "1 > 2",
           "\"a\" == \"b\"",
           "1..3 == [1, 2, 3]",
       }) {
    EXPECT_FALSE(Holds(expression)) << expression;
  }
  EXPECT_TRUE(Holds("failure()", true));
  EXPECT_FALSE(Holds("success()", true));
}

struct Wrong {
  std::string_view expression, message;
};

TEST(ConditionTest, SaysWhatIsWrong) {
  constexpr std::string_view kNoBoolean = "hook 'if' expression should evaluate to a boolean";
  for (const Wrong& wrong : std::initializer_list<Wrong>{
           {"unknown", kNoBoolean},
           {"1", kNoBoolean},
           {"\"true\"", kNoBoolean},
           {"nil", kNoBoolean},
           {"[true]", kNoBoolean},
           {"{}", kNoBoolean},
           {"success", kNoBoolean},
           {"looks_bad()",
            "reflect: call of reflect.Value.Call on zero Value (1:1)\n | looks_bad()\n | ^"},
           {"success(1)", "reflect: Call with too many input arguments (1:1)\n | success(1)\n | ^"},
           {"1 +", "unexpected token EOF (1:3)\n | 1 +\n | ..^"},
           {"(true", "unexpected token EOF (1:5)\n | (true\n | ....^"},
           {"success() +", "unexpected token EOF (1:11)\n | success() +\n | ..........^"},
           {"true false", "unexpected token Identifier(\"false\") (1:6)\n | true false\n | .....^"},
           {"len(1) == 1", "invalid argument for len (type int) (1:1)\n | len(1) == 1\n | ^"},
           {"@", "unrecognized character: U+0040 '@' (1:2)\n | @\n | .^"},
           {"true &&", "unexpected token EOF (1:7)\n | true &&\n | ......^"},
           {"maybe.field", "cannot fetch field from <nil> (1:7)\n | maybe.field\n | ......^"},
           {"success().x", "cannot fetch x from bool (1:11)\n | success().x\n | ..........^"},
           {"true and\n  1 +", "unexpected token EOF (2:5)\n |   1 +\n | ....^"},
       }) {
    TARN_EXPECT_ERROR(EvaluateCondition(wrong.expression, {}), Code::kInternal, wrong.message);
  }
}

TEST(ConditionTest, IsBounded) {
  const auto many = [](std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  for (const std::string& expression : {
           many("(", 10'000) + "true",
           many("!", 10'000) + "true",
           many("[", 8000),
           "true" + many(" and true", 1500),
           many("let x = 1; ", 1400) + "true",
           std::string("all(1..9999, {all(1..9999, {# > 0})})"),
           std::string("len(repeat(repeat(repeat('x', 99999), 9999), 9999)) > 0"),
           std::string("len(1..9999999) > 0"),
           "1" + many(".a", 5000),
           many("x", 20'000),
       }) {
    EXPECT_EQ(EvaluateCondition(expression, {}).code(), Code::kInternal)
        << expression.substr(0, 40);
  }
}

}  // namespace
}  // namespace tarn::hooks
