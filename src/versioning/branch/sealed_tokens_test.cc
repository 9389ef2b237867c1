#include "versioning/branch/sealed_tokens.h"

#include <gtest/gtest.h>

#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::AsAnotherServer;
using testing::Tree;
using testing::World;

// A sweep of another server, that waits for nobody, takes the token that is being filled for
// abandoned, whenever it comes.
TEST(SealedTokens, NothingIsLostToASweepWhileTheyAreBroughtTogether) {
  int ran = 1;
  for (int call = 0; ran != 0; ++call) {
    SCOPED_TRACE("sweep at call " + std::to_string(call));
    World world;
    for (const char* path : {"a", "b"}) {
      TARN_EXPECT_OK(world.Put("main", path, path));
      world.Seal();
    }
    staging::Store staging(*world.kv, world.clock, {.drop_grace_ms = 0, .late_writes_ms = 0});
    Context other{*world.kv, world.refs,    staging,     world.committed, world.objects,
                  nullptr,   world.workers, world.clock, *world.random,   world.xids,
                  {}};
    world.kv->Arm({call, call + 5}, [&] {
      for (int i = 0; i < 2; ++i) TARN_EXPECT_OK(DropUnusedTokens(other));
    });
    TARN_EXPECT_OK(CompactSealed(world.context, world.repository, BranchId("main"),
                                 [](std::string_view) { return false; }));
    ran = world.kv->Disarm();
    world.DropTokens();
    EXPECT_EQ(world.ReadAll("main"), Tree({{"a", "a"}, {"b", "b"}}));
  }
}

}  // namespace
}  // namespace tarn::versioning
