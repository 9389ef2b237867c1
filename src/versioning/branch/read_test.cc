#include "versioning/branch/read.h"

#include "base/blocking.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using committed::DiffKind;
using testing::Must;
using testing::Tree;
using testing::World;

/// "+path" added, "-path" removed, "~path" changed, "!path" conflict; by key.
std::string Describe(Result<std::unique_ptr<committed::DiffIterator>> opened) {
  const auto diff = Must(std::move(opened));
  std::string text;
  TARN_EXPECT_OK(diff->Seek(""));
  while (diff->Valid()) {
    const auto& value = diff->value();
    text += (text.empty() ? "" : " ");
    text += "+-~!"[static_cast<size_t>(value.kind)];
    text += diff->key();
    if (value.kind == DiffKind::kAdded) {
      EXPECT_FALSE(value.right.is_tombstone());
    }
    if (value.kind == DiffKind::kRemoved) {
      EXPECT_TRUE(value.right.is_tombstone());
      EXPECT_FALSE(value.left.is_tombstone());
    }
    TARN_EXPECT_OK(diff->Next());
  }
  return text;
}

class DiffTest : public ::testing::Test {
 protected:
  DiffTest() {
    for (const char* path : {"a", "b", "c", "d"}) TARN_EXPECT_OK(world_.Put("main", path, "0"));
    TARN_EXPECT_OK(world_.CommitAll("main"));
    TARN_EXPECT_OK(world_.Branch("dev"));
    TARN_EXPECT_OK(world_.Put("dev", "b", "1"));
    TARN_EXPECT_OK(world_.Delete("dev", "c"));
    TARN_EXPECT_OK(world_.Put("dev", "e", "1"));
    TARN_EXPECT_OK(world_.CommitAll("dev"));
  }
  std::string TwoDot(const char* left, const char* right) {
    return Describe(DiffRefs(world_.context, world_.repository, left, right));
  }
  std::string ThreeDot(const char* left, const char* right) {
    return Describe(DiffMerge(world_.context, world_.repository, left, right));
  }
  std::string Uncommitted(const char* branch) {
    return Describe(DiffUncommitted(world_.context, world_.repository, BranchId(branch)));
  }
  World world_;
};

TEST_F(DiffTest, TwoDot) {
  EXPECT_EQ(TwoDot("main", "dev"), "~b -c +e");
  EXPECT_EQ(TwoDot("dev", "main"), "~b +c -e");
  EXPECT_EQ(TwoDot("dev", "dev@"), "");
}

TEST_F(DiffTest, TwoDotWithStaging) {
  TARN_EXPECT_OK(world_.Put("dev", "a", "2"));  // Staged over what both have.
  TARN_EXPECT_OK(world_.Put("dev", "b", "0"));  // Staged back to what main has.
  TARN_EXPECT_OK(world_.Put("dev", "c", "2"));  // Staged over a removal.
  TARN_EXPECT_OK(world_.Delete("dev", "e"));    // Tombstone of what main never had.
  TARN_EXPECT_OK(world_.Put("dev", "f", "2"));
  EXPECT_EQ(TwoDot("main", "dev"), "~b -c +e");  // A plain branch is its head.
  EXPECT_EQ(TwoDot("main", "dev$"), "~a ~c +f");
  EXPECT_EQ(TwoDot("dev", "dev$"), "~a ~b +c -e +f");
  TARN_EXPECT_ERROR(DiffRefs(world_.context, world_.repository, "dev$", "main"),
                    Code::kInvalidValue,
                    "reference 'dev$': reference to staging area with $ is not a commit");
}

TEST_F(DiffTest, ThreeDot) {
  TARN_EXPECT_OK(world_.Put("main", "b", "2"));
  TARN_EXPECT_OK(world_.Put("main", "d", "2"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  EXPECT_EQ(ThreeDot("main", "dev"), "!b -c +e");
  EXPECT_EQ(ThreeDot("dev", "main"), "!b ~d");
  EXPECT_EQ(ThreeDot("main", "main~1"), "");
}

TEST_F(DiffTest, RefErrors) {
  const auto three_dot = [&](const char* left, const char* right) {
    return DiffMerge(world_.context, world_.repository, left, right).status();
  };
  TARN_EXPECT_ERROR(three_dot("nothing", "dev"), Code::kNotFound,
                    "get commit by branch nothing: not found");
  TARN_EXPECT_ERROR(three_dot("main", "nothing"), Code::kNotFound,
                    "get commit by ref nothing: not found");
  TARN_EXPECT_ERROR(three_dot("main~x", "dev"), Code::kInvalidValue,
                    "get commit by branch main~x: could not parse modifier ~x: ref: invalid value: "
                    "validation error");
  TARN_EXPECT_ERROR(three_dot("a b", "dev"), Code::kInvalidValue,
                    "argument left: ref: invalid value: validation error");
  TARN_EXPECT_ERROR(DiffRefs(world_.context, world_.repository, "main", "nothing"), Code::kNotFound,
                    "not found");
}

TEST_F(DiffTest, Uncommitted) {
  EXPECT_EQ(Uncommitted("main"), "");
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(world_.Put("main", "b", "0"));  // Equal to the head's.
  TARN_EXPECT_OK(world_.Delete("main", "c"));
  TARN_EXPECT_OK(world_.Put("main", "x", "1"));
  TARN_EXPECT_OK(world_.Put("main", "y", "1"));
  TARN_EXPECT_OK(world_.Delete("main", "y"));
  EXPECT_EQ(Uncommitted("main"), "~a -c +x");
  TARN_EXPECT_ERROR(DiffUncommitted(world_.context, world_.repository, BranchId("none")),
                    Code::kBranchNotFound, "branch not found");
}

TEST(ReadTest, ARecordReadBeforeACommitStillFindsWhatTheCommitMoved) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.Put("main", "gone", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "b", "1"));
  TARN_EXPECT_OK(world.Delete("main", "gone"));
  const refs::Resolved before = Must(world.refs.Resolve(world.repository, "main"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  world.DropTokens();  // Now neither the old tokens nor the old head have "b".

  EXPECT_TRUE(ReadValue(world.context, world.repository, before, "b").ok());
  TARN_EXPECT_ERROR(ReadValue(world.context, world.repository, before, "gone"), Code::kNotFound,
                    "not found");
  const auto values = Must(IterateValues(world.context, world.repository, before));
  std::string keys;
  for (Status moved = values->Seek(""); moved.ok() && values->Valid(); moved = values->Next()) {
    keys += values->key();
  }
  EXPECT_EQ(keys, "ab");
}

TEST(ReadTest, WhatWouldWaitIsRefusedOnThreadsThatMustNot) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const NoBlockingScope scope;
  if (world.kv->traits().reads_wait) {
    EXPECT_EQ(CodeName(world.Read("main", "a").code()), CodeName(Code::kWouldBlock));
    return;
  }
  EXPECT_EQ(Must(world.Read("main", "a")), "1");
  EXPECT_EQ(CodeName(world.Put("main", "b", "1").code()), CodeName(Code::kWouldBlock));
}

}  // namespace
}  // namespace tarn::versioning
