// Every recorded request goes through routing, validation and binding, and must be judged as the
// reference judged it: refused with the same text, or let through.
#include <gtest/gtest.h>

#include "rest/body.h"
#include "rest/contract/operation.h"
#include "rest/contract/parameters.h"
#include "rest/contract/schemas.h"
#include "rest/testing/recorded.h"
#include "serving/router.h"

namespace tarn::rest {
namespace {

constexpr std::string_view kPrefix = "/api/v1";

/// The verdict of the layers before the handler; empty texts: let through.
struct Verdict {
  bool routed = false;
  std::string message;  ///< Of the validator.
  std::string text;     ///< Of the binder.
};

class Judge {
 public:
  Judge() {
    for (const Operation* operation : AllOperations()) {
      router_.Add(operation->method, operation->path, static_cast<int>(lists_.size()));
      lists_.push_back(std::make_unique<ParameterList>(*operation));
    }
  }

  Verdict Look(const testing::RecordedStep& step) {
    http::RequestHead head;
    head.method = step.method;
    head.path = step.path;
    head.query = step.query;
    for (const auto& [name, value] : step.headers) head.headers.emplace_back(name, value);
    Verdict verdict;
    const serving::RouteMatch match = router_.Find(head.method, head.path.substr(kPrefix.size()));
    if (match.route < 0) return verdict;
    verdict.routed = true;
    const auto route = static_cast<size_t>(match.route);
    const Operation& operation = *AllOperations()[route];
    ParameterSet set(*lists_[route]);
    if (auto problem = set.Validate(head, match.segments.view())) {
      verdict.message = *problem;
      return verdict;
    }
    bool bindable = true;
    if (!operation.body.schema.empty()) {
      const Result<CheckedBody> body =
          CheckBody(step.body, head.Get("Content-Type"), operation.body.kind == BodyKind::kJson,
                    *schemas_.Get(operation.body.schema));
      verdict.message = body.status().message();
      if (!body.ok()) return verdict;
      bindable = body->bindable;
    }
    verdict.text = set.Bind().value_or(bindable ? "" : "Error unmarshalling body");
    return verdict;
  }

 private:
  serving::Router router_;
  SchemaSet schemas_;
  std::vector<std::unique_ptr<ParameterList>> lists_;
};

bool IsValidatorText(std::string_view message) {
  return message.starts_with("parameter \"") || message.starts_with("request body has an error");
}

bool IsBinderText(std::string_view text) {
  return text.starts_with("Invalid format for parameter") ||
         text.starts_with("Expected one value") || text.starts_with("Error unmarshalling body");
}

/// The JSON parser's own wording is not part of the contract.
std::string Essence(std::string_view message) {
  constexpr std::string_view kDecode = "failed to decode request body";
  const size_t at = message.find(kDecode);
  return std::string(
      message.substr(0, at == std::string_view::npos ? message.size() : at + kDecode.size()));
}

/// Steps with numbers that the reference takes and that are outside of our ranges.
bool IsOutsideOfOurRanges(const testing::RecordedStep& step) {
  return step.name == "stage negative size" ||
         (step.scenario == "gc-rules.json" && step.name == "very large");
}

TEST(Recorded, RequestsAreJudgedAsTheReferenceJudgedThem) {
  const auto steps = testing::ReadRecordedSteps();
  if (!steps) GTEST_SKIP() << "the shared conformance folder is not here";
  Judge judge;
  int refused = 0, let_through = 0;
  for (const testing::RecordedStep& step : *steps) {
    if (!step.path.starts_with(kPrefix) || step.path.find("%zz") != std::string::npos) continue;
    if (IsOutsideOfOurRanges(step)) continue;
    SCOPED_TRACE(step.scenario + " / " + step.name + ": " + step.method + " " + step.path + "?" +
                 step.query);
    const Verdict verdict = judge.Look(step);
    EXPECT_EQ(verdict.routed, step.message != "invalid API endpoint" &&
                                  !(step.method == "HEAD" && step.status == 404 &&
                                    step.path == "/api/v1/repositories"));
    EXPECT_EQ(Essence(verdict.message), IsValidatorText(step.message) ? Essence(step.message) : "");
    if (IsBinderText(step.text)) {
      const std::string text = verdict.text + "\n";
      EXPECT_TRUE(verdict.text == "Error unmarshalling body" ? step.text.starts_with(verdict.text)
                                                             : text == step.text)
          << verdict.text << " / " << step.text;
    } else {
      EXPECT_EQ(verdict.text, "");
    }
    (verdict.message.empty() && verdict.text.empty() ? let_through : refused)++;
  }
  EXPECT_GT(refused, 30);
  EXPECT_GT(let_through, 200);
}

}  // namespace
}  // namespace tarn::rest
