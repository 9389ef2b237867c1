#include "commit_model.h"

#include <gtest/gtest.h>

namespace tarn::sim {
namespace {

TEST(CommitModel, AThreeWayMergeTakesWhatOneSideChanged) {
  const Tree base = {{"a", "1"}, {"b", "1"}, {"c", "1"}};
  const Tree source = {{"a", "2"}, {"c", "1"}, {"d", "1"}};
  const Tree destination = {{"a", "1"}, {"b", "1"}, {"c", "2"}};
  EXPECT_EQ(ThreeWay(base, source, destination), Tree({{"a", "2"}, {"c", "2"}, {"d", "1"}}));
  EXPECT_EQ(ThreeWay(base, {{"a", "3"}}, {{"a", "2"}}), std::nullopt);
  EXPECT_EQ(ThreeWay(base, {}, {}), Tree());
}

TEST(CommitModel, MergeBasesAreTheLatestCommonAncestors) {
  CommitModel model;
  model.Add("0", {});
  model.Add("a", {{"0"}, {}});
  model.Add("b", {{"0"}, {}});
  model.Add("ab", {{"a", "b"}, {}});
  model.Add("ba", {{"b", "a"}, {}});
  EXPECT_EQ(model.MergeBases("a", "b"), std::set<std::string>{"0"});
  EXPECT_EQ(model.MergeBases("ab", "b"), std::set<std::string>{"b"});
  EXPECT_EQ(model.MergeBases("ab", "ba"), (std::set<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace tarn::sim
