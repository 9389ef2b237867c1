// What a decision on a permission costs, by the number of statements that a user has: most of them
// are about other repositories, one allows.
//
// Usage: decision_bench. Prints a row for each number.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "auth/policy.h"

namespace {

using tarn::auth::Permission;
using tarn::auth::Policy;
using tarn::auth::UserPolicies;
using tarn::auth::Verdict;

constexpr int kRounds = 20'000;

/// A request on an object of one repository.
class Facts : public tarn::auth::RequestFacts {
 public:
  tarn::Status AppendName(std::string_view name, size_t, std::string* out) override {
    *out += name == "repository" ? "sales" : "collections/2026/part-00001.parquet";
    return {};
  }
  size_t CountOf(std::string_view) override { return 0; }
  std::optional<std::string> Fact(std::string_view) override { return "10.1.2.3"; }
};

std::vector<Policy> Statements(int count) {
  std::vector<Policy> policies(1);
  auto& statements = policies.front().statements;
  for (int i = 1; i < count; ++i) {
    const std::string repository = "arn:lakefs:fs:::repository/team-" + std::to_string(i);
    if (i % 10 == 0) {
      statements.push_back({"deny", {"fs:DeleteRepository", "fs:Delete*"}, repository + "*", {}});
    } else {
      statements.push_back({"allow", {"fs:Read*", "fs:List*"}, repository + "/*", {}});
    }
  }
  statements.push_back({"allow", {"fs:Read*"}, "arn:lakefs:fs:::repository/sales/*", {}});
  return policies;
}

double NanosecondsOf(int statements) {
  const UserPolicies policies(Statements(statements), "jane");
  constexpr Permission kRead("fs:ReadObject",
                             "arn:lakefs:fs:::repository/{repository}/object/{path}");
  Facts facts;
  int allowed = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) {
    const auto decision = policies.Decide(kRead, facts);
    allowed += decision.ok() && decision->verdict == Verdict::kAllow ? 1 : 0;
  }
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  return allowed == kRounds ? taken.count() / kRounds : -1;
}

}  // namespace

int main() {
  for (const int statements : {10, 200, 2000}) {
    const double ns = NanosecondsOf(statements);
    if (ns < 0) return std::fprintf(stderr, "a decision was wrong\n"), 1;
    std::printf("%5d statements: %8.2f us a decision\n", statements, ns / 1000);
  }
}
