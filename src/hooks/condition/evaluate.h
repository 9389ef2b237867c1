// Evaluation of parsed conditions, and what built-in functions get from it. Level 7; one thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/condition/condition.h"
#include "hooks/condition/node.h"

namespace tarn::hooks::condition {

/// Steps of an evaluation, and bytes of all that it makes.
inline constexpr size_t kStepsMax = 200'000;
inline constexpr size_t kBytesMax = 8 << 20;

class Evaluator {
 public:
  Evaluator(std::string_view source, const ConditionFacts& facts)
      : source_(source), facts_(facts) {}

  Result<Value> Evaluate(const Node& node);
  /// The body of a closure for one item.
  Result<Value> EvaluateFor(const Node& closure, const Value& item, int64_t index,
                            const Value& accumulated = {});
  /// Counts what a function has made.
  Status Take(size_t bytes);
  Status Fail(const Node& node, std::string_view what) const {
    return FailureAt(source_, node.at, what);
  }
  const ConditionFacts& facts() const { return facts_; }

 private:
  struct Pointer {
    Value item, accumulated;
    int64_t index = 0;
  };

  Result<Value> Name(const Node& node);
  Result<Value> PointerValue(const Node& node);
  Result<Value> Unary(const Node& node);
  Result<Value> Binary(const Node& node);
  Result<Value> Condition(const Node& node);
  Result<Value> Call(const Node& node);
  Result<Value> Method(const Node& node);
  Result<Value> Member(const Node& node);
  Result<Value> MemberOf(const Node& node, const Value& object, const Value& key);
  Result<Value> Slice(const Node& node);
  Result<Value> MakeList(const Node& node);
  Result<Value> MakeMap(const Node& node);
  Result<Value> Let(const Node& node);
  Result<bool> Truth(const Node& node);

  const std::string_view source_;
  const ConditionFacts& facts_;
  std::vector<std::pair<std::string_view, Value>> variables_;
  std::vector<Pointer> pointers_;
  size_t steps_ = 0, bytes_ = 0;
};

/// Applies an operator of two values that are both evaluated.
Result<Value> ApplyOperator(Evaluator& evaluator, const Node& node, const Value& left,
                            const Value& right);

/// A built-in function.
struct Function {
  std::string_view name;
  size_t arguments_min, arguments_max;
  Result<Value> (*apply)(Evaluator& evaluator, const Node& call, std::span<const Value> arguments);
};
/// Null for a name that is none. Those that take a closure find it as the second child of the call.
const Function* FindFunction(std::string_view name);

}  // namespace tarn::hooks::condition
