#include "versioning/branch/protection.h"

#include "proto/graveler.pb.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

namespace graveler = io::treeverse::lakefs::graveler;
using testing::Must;
using testing::World;

class ProtectionTest : public ::testing::Test {
 protected:
  void Protect(const std::string& pattern, std::vector<int> actions) {
    auto& blocked = (*rules_.mutable_branch_pattern_to_blocked_actions())[pattern];
    for (const int action : actions) {
      blocked.add_value(static_cast<graveler::BranchProtectionBlockedAction>(action));
    }
    TARN_EXPECT_OK(world_.kv->Set(world_.repository.partition(), "settings/protected_branches",
                                  rules_.SerializeAsString()));
  }
  graveler::BranchProtectionRules rules_;
  World world_;
};

TEST_F(ProtectionTest, BlocksByActionAndPattern) {
  Protect("rel-*", {graveler::STAGING_WRITE, graveler::COMMIT});
  Protect("com*", {graveler::COMMIT});
  Protect("[broken", {graveler::STAGING_WRITE});
  const auto write = [&](const char* branch) {
    return CheckStagedWrite(world_.context, world_.repository, BranchId(branch), true);
  };
  TARN_EXPECT_ERROR(write("rel-1"), Code::kProtectedBranch, "cannot write to protected branch");
  TARN_EXPECT_OK(write("rel1"));
  TARN_EXPECT_OK(write("com"));
  TARN_EXPECT_OK(write("main"));
  TARN_EXPECT_ERROR(world_.CommitAll("com"), Code::kProtectedBranch,
                    "cannot commit to protected branch");
}

TEST_F(ProtectionTest, RulesAreSeenOnceTheCacheHasExpired) {
  const auto write = [&] {
    return CheckStagedWrite(world_.context, world_.repository, BranchId("main"), false).code();
  };
  static_assert(ProtectionCache::kKeptMs <= 1000, "docs/operating/fleet.md");
  EXPECT_EQ(write(), Code::kOk);
  Protect("main", {graveler::STAGING_WRITE});
  world_.clock.monotonic_ms = ProtectionCache::kKeptMs - 1;
  EXPECT_EQ(write(), Code::kOk);
  world_.clock.monotonic_ms = ProtectionCache::kKeptMs;
  EXPECT_EQ(write(), Code::kProtectedBranch);
}

TEST_F(ProtectionTest, RulesAndChecksum) {
  const ProtectionRules none = Must(GetProtectionRules(world_.context, world_.repository));
  EXPECT_TRUE(none.patterns.empty());
  EXPECT_EQ(none.checksum, "");
  Protect("b", {0});
  Protect("a", {0});
  const ProtectionRules two = Must(GetProtectionRules(world_.context, world_.repository));
  EXPECT_EQ(two.patterns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(two.checksum.size(), 64u);
}

TEST_F(ProtectionTest, SetsRulesUnderACondition) {
  const auto set = [&](std::vector<std::string> patterns, std::optional<std::string> checksum) {
    return SetProtectionRules(world_.context, world_.repository, patterns, checksum);
  };
  const auto get = [&] { return Must(GetProtectionRules(world_.context, world_.repository)); };
  TARN_EXPECT_ERROR(set({"x"}, "abc"), Code::kPreconditionFailed, "Precondition failed");
  TARN_EXPECT_OK(set({"main", "rel*", "main"}, ""));
  EXPECT_EQ(get().patterns, (std::vector<std::string>{"main", "rel*"}));
  const std::string checksum = get().checksum;
  TARN_EXPECT_OK(set({"rel*", "main"}, checksum));
  EXPECT_EQ(get().checksum, checksum);  // The order does not count.
  TARN_EXPECT_OK(set({"main"}, {}));
  // What the reference has under this tag.
  EXPECT_EQ(get().checksum, "70369da55b1e3bf2dfa6882013d413d4947d77760617664f5f176b4d8eebd207");
  TARN_EXPECT_ERROR(set({}, checksum), Code::kPreconditionFailed, "Precondition failed");
  TARN_EXPECT_OK(set({}, get().checksum));
  EXPECT_TRUE(get().patterns.empty());
  EXPECT_EQ(get().checksum, "");
}

TEST_F(ProtectionTest, AddsAndRemovesRules) {
  TARN_EXPECT_OK(AddProtectionRule(world_.context, world_.repository, "d?v"));
  TARN_EXPECT_OK(AddProtectionRule(world_.context, world_.repository, "main"));
  EXPECT_EQ(CheckStagedWrite(world_.context, world_.repository, BranchId("main"), true).code(),
            Code::kProtectedBranch);
  EXPECT_EQ(world_.CommitAll("main").code(), Code::kProtectedBranch);
  TARN_EXPECT_OK(RemoveProtectionRule(world_.context, world_.repository, "main"));
  EXPECT_EQ(RemoveProtectionRule(world_.context, world_.repository, "main").code(),
            Code::kNotFound);
  EXPECT_EQ(Must(GetProtectionRules(world_.context, world_.repository)).patterns,
            std::vector<std::string>{"d?v"});
}

TEST_F(ProtectionTest, RefusesWhatCannotMatchAndReadOnlyRepositories) {
  EXPECT_EQ(AddProtectionRule(world_.context, world_.repository, "[open").code(),
            Code::kInvalidValue);
  world_.repository.read_only = true;
  TARN_EXPECT_ERROR(AddProtectionRule(world_.context, world_.repository, "main"),
                    Code::kReadOnlyRepository, "read-only repository");
}

/// Two editors at a time: both changes count.
TEST_F(ProtectionTest, ConcurrentChangesAreNotLost) {
  world_.kv->Arm(
      {1}, [&] { TARN_EXPECT_OK(AddProtectionRule(world_.context, world_.repository, "first")); });
  TARN_EXPECT_OK(AddProtectionRule(world_.context, world_.repository, "second"));
  EXPECT_EQ(world_.kv->Disarm(), 1);
  EXPECT_EQ(Must(GetProtectionRules(world_.context, world_.repository)).patterns,
            (std::vector<std::string>{"first", "second"}));
}

}  // namespace
}  // namespace tarn::versioning
