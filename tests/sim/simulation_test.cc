// The core of several servers under seeds; ./dev sim runs more of them.
#include "simulation.h"

#include <gtest/gtest.h>

#include "corpus.h"

namespace tarn::sim {
namespace {

constexpr int kSeeds = 8;

TEST(Simulation, NothingAcknowledgedIsLost) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const SimulationResult result = Simulate({.seed = seed});
    ASSERT_EQ(result.failure, "") << "seed " << seed;
    EXPECT_GT(result.coverage.calls(), 0u);
  }
}

TEST(Simulation, WhatWasFoundOnceIsGone) {
  for (const CorpusCase& once : kCorpus) {
    const auto options = ParseCase(once.text);
    ASSERT_TRUE(options.ok()) << options.status().ToString();
    EXPECT_EQ(Simulate(*options).failure, "") << once.text << ": " << once.found;
  }
}

TEST(Simulation, ASeedReplaysExactly) {
  const SimulationResult once = Simulate({.seed = 7}), again = Simulate({.seed = 7});
  EXPECT_EQ(once.steps, again.steps);
  EXPECT_EQ(once.digest, again.digest);
  EXPECT_EQ(once.coverage.ToText(), again.coverage.ToText());
  EXPECT_NE(once.digest, Simulate({.seed = 8}).digest);
}

}  // namespace
}  // namespace tarn::sim
