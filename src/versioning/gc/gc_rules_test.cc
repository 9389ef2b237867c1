#include "versioning/gc/gc_rules.h"

#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

constexpr std::string_view kAddress = "_lakefs/retention/gc/rules/config.json";

TEST(GcRules, KeptAsAMessageInTheNamespace) {
  World world;
  const GcRules rules = {.default_retention_days = 7, .branch_retention_days = {{"dev", 3}}};
  TARN_EXPECT_OK(SetGcRules(world.context, world.repository, rules));
  EXPECT_EQ(Must(block::GetObject(world.objects, {world.kNamespace.view(), kAddress}, 100)),
            std::string("\x08\x07\x12\x07\x0a\x03"
                        "dev\x10\x03"));
  const GcRules read = Must(GetGcRules(world.context, world.repository));
  EXPECT_EQ(read.default_retention_days, 7);
  EXPECT_EQ(read.branch_retention_days, rules.branch_retention_days);
}

TEST(GcRules, NoneBeforeAndAfter) {
  World world;
  TARN_EXPECT_ERROR(GetGcRules(world.context, world.repository), Code::kNotFound, "not found");
  TARN_EXPECT_OK(SetGcRules(world.context, world.repository, {.default_retention_days = -1}));
  TARN_EXPECT_OK(DeleteGcRules(world.context, world.repository));
  TARN_EXPECT_OK(DeleteGcRules(world.context, world.repository));
  TARN_EXPECT_ERROR(GetGcRules(world.context, world.repository), Code::kNotFound, "not found");
}

// All values zero make an empty message: no rules, as in the reference.
TEST(GcRules, AllZeroAreNone) {
  World world;
  TARN_EXPECT_OK(SetGcRules(world.context, world.repository, {}));
  EXPECT_EQ(GetGcRules(world.context, world.repository).code(), Code::kNotFound);
}

TEST(GcRules, ReadOnlyRepositoryKeepsIts) {
  World world;
  world.repository.read_only = true;
  EXPECT_EQ(SetGcRules(world.context, world.repository, {.default_retention_days = 1}).code(),
            Code::kReadOnlyRepository);
  EXPECT_EQ(DeleteGcRules(world.context, world.repository).code(), Code::kReadOnlyRepository);
}

TEST(GcRules, DamagedRulesAreNotNone) {
  World world;
  TARN_EXPECT_OK(
      block::PutObject(world.objects, {world.kNamespace.view(), kAddress}, "not a message"));
  EXPECT_EQ(GetGcRules(world.context, world.repository).code(), Code::kCorrupt);
}

}  // namespace
}  // namespace tarn::versioning
