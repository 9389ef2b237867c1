#include "versioning/testing/commit_model.h"

#include <gtest/gtest.h>

namespace tarn::versioning::testing {
namespace {

TEST(CommitModel, AThreeWayMergeTakesWhatOneSideChanged) {
  const Tree base = {{"a", "1"}, {"b", "1"}, {"c", "1"}};
  const Tree source = {{"a", "2"}, {"c", "1"}, {"d", "1"}};
  const Tree destination = {{"a", "1"}, {"b", "1"}, {"c", "2"}};
  EXPECT_EQ(ThreeWay(base, source, destination), Tree({{"a", "2"}, {"c", "2"}, {"d", "1"}}));
  EXPECT_EQ(ThreeWay(base, {{"a", "3"}}, {{"a", "2"}}), std::nullopt);
  EXPECT_EQ(ThreeWay(base, {{"a", "3"}}, {{"a", "2"}}, OnConflict::kSource), Tree({{"a", "3"}}));
  EXPECT_EQ(ThreeWay(base, {{"a", "3"}}, {{"a", "2"}}, OnConflict::kDestination),
            Tree({{"a", "2"}}));
  EXPECT_EQ(ThreeWay(base, {}, {}), Tree());
}

TEST(CommitModel, MergeBasesAreTheLatestCommonAncestors) {
  CommitModel model;
  model.Add("0", {});
  model.Add("a", {{"0"}, {}});
  model.Add("b", {{"0"}, {}});
  model.Add("ab", {{"a", "b"}, {}});
  model.Add("ba", {{"b", "a"}, {}});
  EXPECT_EQ(model.MergeBases({"a"}, "b"), std::set<std::string>{"0"});
  EXPECT_EQ(model.MergeBases({"ab"}, "b"), std::set<std::string>{"b"});
  EXPECT_EQ(model.MergeBases({"ab"}, "ba"), (std::set<std::string>{"a", "b"}));
}

TEST(CommitModel, SeveralBasesAreMerged) {
  CommitModel model;
  model.Add("0", {{}, {{"deleted", "1"}, {"changed", "1"}, {"both", "1"}}});
  model.Add("a", {{"0"}, {{"changed", "1"}, {"both", "a"}}});
  model.Add("b", {{"0"}, {{"deleted", "1"}, {"changed", "2"}, {"both", "b"}}});
  model.Add("ab", {{"a", "b"}, {}});
  model.Add("ba", {{"b", "a"}, {}});
  EXPECT_EQ(model.BaseTree("ab", "ba"), (Tree{{"both", "undecided"}, {"changed", "2"}}));
  EXPECT_EQ(model.BaseTree("ab", "b"), model.at("b").tree);
}

}  // namespace
}  // namespace tarn::versioning::testing
