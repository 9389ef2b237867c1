#include "isolated.h"

#include <gtest/gtest.h>

namespace tarn::sim {
namespace {

TEST(Isolated, AResultCrossesTheBorder) {
  SimulationResult result;
  result.failure = "put: two\nlines";
  result.steps = 5;
  result.digest = UINT64_MAX;
  result.operations = {3, 20'001};
  result.strikes = 7;
  Coverage::Row& row = result.coverage.rows["put if absent"];
  row.done = 2;
  row.calls[0] = 4;
  row.trouble(CallKind::kHook, Trouble::kDiedAfter) = 9;
  const SimulationResult parsed = ParseResult(ResultText(result));
  EXPECT_EQ(parsed.failure, result.failure);
  EXPECT_EQ(parsed.digest, result.digest);
  EXPECT_EQ(parsed.operations, result.operations);
  EXPECT_EQ(parsed.strikes, 7u);
  EXPECT_EQ(ResultText(parsed), ResultText(result));
  EXPECT_EQ(ParseResult(ResultText({})).failure, "");
  EXPECT_NE(ParseResult("").failure, "");
}

TEST(Isolated, RunsAsInThisProcess) {
  const SimulationOptions options{.seed = 3, .operations = 5};
  EXPECT_EQ(ResultText(SimulateIsolated(options)), ResultText(Simulate(options)));
}

}  // namespace
}  // namespace tarn::sim
