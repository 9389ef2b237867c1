// Differences of two trees, and what a merge would do, against models of both tables.
#include <gtest/gtest.h>

#include "committed/testing/trees.h"

namespace tarn::committed {
namespace {

struct Shown {
  std::string key;
  DiffKind kind;
  Value left, right;
  friend bool operator==(const Shown&, const Shown&) = default;
};
void PrintTo(const Shown& shown, std::ostream* out) {
  *out << shown.key << " " << static_cast<int>(shown.kind) << " ";
  *out << shown.left.identity << " " << shown.right.identity;
}

std::vector<Shown> ShownFrom(DiffIterator& it, std::string_view target) {
  std::vector<Shown> shown;
  EXPECT_TRUE(it.Seek(target).ok());
  auto own = [](const ValueView& view) {
    return Value{std::string(view.identity), std::string(view.data)};
  };
  while (it.Valid()) {
    const DiffValue& diff = it.value();
    shown.push_back({std::string(it.key()), diff.kind, own(diff.left), own(diff.right)});
    EXPECT_TRUE(it.Next().ok());
  }
  return shown;
}

Value At(const Model& model, const std::string& key) {
  auto at = model.find(key);
  return at == model.end() ? Value() : at->second;
}

std::vector<std::string> KeysOf(std::initializer_list<const Model*> models,
                                std::string_view target) {
  Model all;
  for (const Model* model : models) all.insert(model->begin(), model->end());
  std::vector<std::string> keys;
  for (auto at = all.lower_bound(target); at != all.end(); ++at) keys.push_back(at->first);
  return keys;
}

std::vector<Shown> DiffModels(const Model& left, const Model& right, std::string_view target) {
  std::vector<Shown> shown;
  for (const std::string& key : KeysOf({&left, &right}, target)) {
    Value l = At(left, key), r = At(right, key);
    if (l.identity == r.identity) continue;
    DiffKind kind = DiffKind::kChanged;
    if (l.identity.empty()) kind = DiffKind::kAdded;
    if (r.identity.empty()) kind = DiffKind::kRemoved;
    shown.push_back({key, kind, l, r});
  }
  return shown;
}

/// The table of three-dot differences, row by row.
std::optional<DiffKind> MergeDiffKind(const std::string& base, const std::string& left,
                                      const std::string& right) {
  if (left == right) return std::nullopt;  // x x, and absent in both
  if (right == base) return std::nullopt;  // the source did nothing
  if (left != base) return DiffKind::kConflict;
  if (base.empty()) return DiffKind::kAdded;
  return right.empty() ? DiffKind::kRemoved : DiffKind::kChanged;
}

std::vector<Shown> MergeDiffModels(const Model& base, const Model& source, const Model& destination,
                                   std::string_view target) {
  std::vector<Shown> shown;
  for (const std::string& key : KeysOf({&base, &source, &destination}, target)) {
    Value left = At(destination, key), right = At(source, key);
    auto kind = MergeDiffKind(At(base, key).identity, left.identity, right.identity);
    if (kind) shown.push_back({key, *kind, left, right});
  }
  return shown;
}

TEST(Diff, OfRandomTreesShowsWhatDiffers) {
  const uint64_t seed = NewSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomTrees random(seed);
  for (int round = 0; round < 500; ++round) {
    Trees trees;
    Model base = random.Tree(100);
    MetarangeId base_tree = trees.Write(base);
    Model source_changes = random.Changes(base, 10), destination_changes = random.Changes(base, 10);
    Model source = Changed(base, source_changes);
    Model destination = Changed(base, destination_changes);
    MetarangeId source_tree = trees.Apply(base_tree, source_changes);
    MetarangeId destination_tree = random.Below(2) == 0
                                       ? trees.Apply(base_tree, destination_changes)
                                       : trees.Write(destination);
    auto diff = Must(trees.store.Diff(trees.ns, destination_tree, source_tree));
    auto merge = Must(trees.store.MergeDiff(trees.ns, base_tree, source_tree, destination_tree));
    for (const std::string& target : {std::string(), random.Key(), random.Key(), random.Key()}) {
      ASSERT_EQ(ShownFrom(*diff, target), DiffModels(destination, source, target));
      ASSERT_EQ(ShownFrom(*merge, target), MergeDiffModels(base, source, destination, target));
    }
  }
}

TEST(Diff, EndsBeforeTheGivenKey) {
  RandomTrees random(5);
  for (int round = 0; round < 200; ++round) {
    Trees trees;
    Model left = random.Tree(100);
    MetarangeId left_tree = trees.Write(left);
    Model changes = random.Changes(left, 10);
    MetarangeId right_tree = trees.Apply(left_tree, changes);
    const std::string end = random.Key(), target = random.Key();
    auto diff = Must(trees.store.Diff(trees.ns, left_tree, right_tree, end));
    std::vector<Shown> expected = DiffModels(left, Changed(left, changes), target);
    std::erase_if(expected, [&](const Shown& shown) { return shown.key >= end; });
    ASSERT_EQ(ShownFrom(*diff, target), expected);
  }
}

TEST(Diff, WithTheEmptyTreeShowsEverything) {
  Trees trees;
  Model model = RandomTrees(3).Tree(50);
  MetarangeId tree = trees.Write(model);
  auto added = Must(trees.store.Diff(trees.ns, MetarangeId(), tree));
  EXPECT_EQ(ShownFrom(*added, ""), DiffModels({}, model, ""));
  auto removed = Must(trees.store.Diff(trees.ns, tree, MetarangeId()));
  EXPECT_EQ(ShownFrom(*removed, ""), DiffModels(model, {}, ""));
  auto none = Must(trees.store.Diff(trees.ns, tree, tree));
  EXPECT_TRUE(ShownFrom(*none, "").empty());
}

class LargeDiff : public testing::Test {
 protected:
  LargeDiff() {
    for (int i = 10000; i < 12000; ++i) model_["key-" + std::to_string(i)] = {"identity", "data"};
    base_ = trees_.Write(model_);
    source_ = trees_.Apply(base_, {{"key-10500", {"new", ""}}, {"key-11500", {"new", ""}}});
    destination_ = trees_.Apply(base_, {{"key-10800", {"new", ""}}});
    trees_.objects.Reset();
  }
  size_t opened() { return trees_.objects.opened().size(); }

  Trees trees_;
  Model model_;
  MetarangeId base_, source_, destination_;
};

TEST_F(LargeDiff, OpensOnlyRangesThatDifferAndOnlyWhenReached) {
  sst::TableStore cold(trees_.objects, {});
  Store store(cold, trees_.rule);
  auto diff = Must(store.Diff(trees_.ns, base_, source_));
  EXPECT_EQ(opened(), 2u);  // the metaranges
  TARN_ASSERT_OK(diff->Seek("key-10200"));
  EXPECT_EQ(diff->key(), "key-10500");
  EXPECT_EQ(opened(), 4u);
  TARN_ASSERT_OK(diff->Next());
  EXPECT_EQ(diff->key(), "key-11500");
  EXPECT_EQ(opened(), 6u);
  TARN_ASSERT_OK(diff->Next());
  EXPECT_FALSE(diff->Valid());
  EXPECT_EQ(opened(), 6u);
}

TEST_F(LargeDiff, OfAMergeOpensWhatTheSourceChanged) {
  sst::TableStore cold(trees_.objects, {});
  Store store(cold, trees_.rule);
  auto diff = Must(store.MergeDiff(trees_.ns, base_, source_, destination_));
  EXPECT_EQ(ShownFrom(*diff, "key-102").size(), 2u);
  EXPECT_EQ(opened(), 3u + 2u * 2u);  // the destination has the base's ranges there
}

}  // namespace
}  // namespace tarn::committed
