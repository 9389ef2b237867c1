#include "auth/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tarn::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kObject = "arn:lakefs:fs:::repository/lake/object/a";

StoredPolicy NewPolicy(std::string name, std::vector<Statement> statements) {
  return {std::move(name), {}, {std::move(statements)}, ""};
}

Statement NewStatement(std::string effect, std::string action, Conditions conditions = {}) {
  return {std::move(effect),
          {std::move(action)},
          "arn:lakefs:fs:::repository/*",
          std::move(conditions)};
}

Explanation Why(const std::vector<StoredPolicy>& policies, std::string action,
                std::map<std::string, std::string, std::less<>> facts = {}) {
  return Explain(policies, "jane", {std::move(action), std::string(kObject), std::move(facts)});
}

const std::vector<StoredPolicy>& Policies() {
  static const std::vector<StoredPolicy> policies = {
      NewPolicy("Nothing", {}),
      NewPolicy("Read", {NewStatement("allow", "fs:List*"), NewStatement("allow", "fs:Read*")}),
      NewPolicy("All", {NewStatement("allow", "fs:*"),
                        NewStatement("deny", "fs:Read*",
                                     {{"NotIpAddress", {{"SourceIp", {"10.0.0.0/8"}}}}})})};
  return policies;
}

TEST(ExplainTest, TheFirstThatAllows) {
  const Explanation why = Why(Policies(), "fs:ReadObject");
  EXPECT_TRUE(why.allowed);
  EXPECT_EQ(why.decided_by->policy, "Read");
  EXPECT_EQ(why.decided_by->statement, 1u);
  EXPECT_EQ(why.decided_by->effect, "allow");
  EXPECT_THAT(why.missing, IsEmpty());
}

TEST(ExplainTest, ADenialWinsWhereItsConditionHolds) {
  const Explanation outside = Why(Policies(), "fs:ReadObject", {{"SourceIp", "192.168.0.7"}});
  EXPECT_FALSE(outside.allowed);
  EXPECT_EQ(outside.decided_by->policy, "All");
  EXPECT_EQ(outside.decided_by->statement, 1u);
  EXPECT_EQ(outside.decided_by->effect, "deny");
  EXPECT_TRUE(Why(Policies(), "fs:ReadObject", {{"SourceIp", "10.1.2.3"}}).allowed);
}

TEST(ExplainTest, WhatNothingAllowsIsMissing) {
  const Explanation why = Why(Policies(), "auth:ReadUser");
  EXPECT_FALSE(why.allowed);
  EXPECT_FALSE(why.decided_by);
  EXPECT_THAT(why.missing, ElementsAre("auth:ReadUser"));
}

TEST(ExplainTest, WhatCannotBeJudgedDenies) {
  const std::vector<StoredPolicy> broken = {
      NewPolicy("Broken", {NewStatement("allow", "fs:*", {{"Like", {{"SourceIp", {"*"}}}}})})};
  const Explanation why = Why(broken, "fs:ReadObject");
  EXPECT_FALSE(why.allowed);
  EXPECT_EQ(why.decided_by->policy, "Broken");
  EXPECT_EQ(why.decided_by->effect, "allow");
}

TEST(ExplainTest, BracesOfAResourceAreNoTemplate) {
  const std::vector<StoredPolicy> policies = {
      NewPolicy("Odd", {{"allow", {"fs:*"}, "arn:lakefs:fs:::repository/{x}", {}}})};
  EXPECT_TRUE(
      Explain(policies, "jane", {"fs:ReadObject", "arn:lakefs:fs:::repository/{x}", {}}).allowed);
  EXPECT_FALSE(
      Explain(policies, "jane", {"fs:ReadObject", "arn:lakefs:fs:::repository/x", {}}).allowed);
}

}  // namespace
}  // namespace tarn::auth
