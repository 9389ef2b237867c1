#include "hooks/condition/evaluate.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "fmt/format.h"

namespace tarn::hooks::condition {
namespace {

constexpr size_t kValueBytes = sizeof(Value) + 32;

bool IsAskedFor(std::string_view name) { return name == "success" || name == "failure"; }

}  // namespace

Status Evaluator::Take(size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= kBytesMax) return {};
  return {Code::kInternal, "the condition needs too much memory"};
}

Result<Value> Evaluator::Evaluate(const Node& node) {
  if (++steps_ > kStepsMax) return Fail(node, "the condition takes too many steps");
  using Step = Result<Value> (Evaluator::*)(const Node&);
  // By kind; a literal is handled below, a closure by its function.
  constexpr std::array<Step, 15> kSteps = {nullptr,
                                           &Evaluator::Name,
                                           &Evaluator::PointerValue,
                                           &Evaluator::Unary,
                                           &Evaluator::Binary,
                                           &Evaluator::Condition,
                                           &Evaluator::Call,
                                           &Evaluator::Method,
                                           nullptr,
                                           &Evaluator::Member,
                                           &Evaluator::Member,
                                           &Evaluator::Slice,
                                           &Evaluator::MakeList,
                                           &Evaluator::MakeMap,
                                           &Evaluator::Let};
  static_assert(kSteps.size() == static_cast<size_t>(Node::Kind::kLet) + 1);
  if (node.kind == Node::Kind::kLiteral) return node.literal;
  const Step step = kSteps[static_cast<size_t>(node.kind)];
  if (step == nullptr) return Fail(node, "a closure is no value");
  return (this->*step)(node);
}

Result<Value> Evaluator::EvaluateFor(const Node& closure, const Value& item, int64_t index,
                                     const Value& accumulated) {
  if (closure.kind != Node::Kind::kClosure) return Fail(closure, "expected a closure");
  pointers_.push_back({item, accumulated, index});
  auto value = Evaluate(*closure.children[0]);
  pointers_.pop_back();
  return value;
}

Result<Value> Evaluator::Name(const Node& node) {
  for (auto it = variables_.rbegin(); it != variables_.rend(); ++it) {
    if (it->first == node.text) return it->second;
  }
  if (IsAskedFor(node.text)) return Value(Callable{node.text});
  return Value();  // What is not known is nil.
}

Result<Value> Evaluator::PointerValue(const Node& node) {
  if (pointers_.empty()) return Fail(node, "cannot use pointer accessor outside closure");
  const Pointer& pointer = pointers_.back();
  if (node.text.empty()) return pointer.item;
  if (node.text == "#index") return Value(pointer.index);
  if (node.text == "#acc") return pointer.accumulated;
  return MemberOf(node, Value(pointer.item), Value(node.text));
}

Result<bool> Evaluator::Truth(const Node& node) {
  TARN_TRY_ASSIGN(const Value value, Evaluate(node));
  if (const bool* const truth = value.As<bool>()) return *truth;
  return Fail(node, fmt::format("expected a bool, not {}", value.TypeName()));
}

Result<Value> Evaluator::Unary(const Node& node) {
  if (node.text == "!" || node.text == "not") {
    TARN_TRY_ASSIGN(const bool truth, Truth(*node.children[0]));
    return Value(!truth);
  }
  TARN_TRY_ASSIGN(const Value operand, Evaluate(*node.children[0]));
  if (!operand.is_number()) {
    return Fail(node, fmt::format("invalid operation: {} {}", node.text, operand.TypeName()));
  }
  if (node.text == "+") return operand;
  if (const int64_t* const integer = operand.As<int64_t>()) {
    return Value(static_cast<int64_t>(-static_cast<uint64_t>(*integer)));
  }
  return Value(-operand.number());
}

Result<Value> Evaluator::Binary(const Node& node) {
  const Node &left_node = *node.children[0], &right_node = *node.children[1];
  const bool is_and = node.text == "and" || node.text == "&&";
  if (is_and || node.text == "or" || node.text == "||") {
    TARN_TRY_ASSIGN(const bool left, Truth(left_node));
    if (left != is_and) return Value(left);
    TARN_TRY_ASSIGN(const bool right, Truth(right_node));
    return Value(right);
  }
  TARN_TRY_ASSIGN(const Value left, Evaluate(left_node));
  if (node.text == "??") return left.is_nil() ? Evaluate(right_node) : Result<Value>(left);
  TARN_TRY_ASSIGN(const Value right, Evaluate(right_node));
  return ApplyOperator(*this, node, left, right);
}

Result<Value> Evaluator::Condition(const Node& node) {
  TARN_TRY_ASSIGN(const bool truth, Truth(*node.children[0]));
  if (!truth) return Evaluate(*node.children[2]);
  return node.children[1] ? Evaluate(*node.children[1]) : Result<Value>(Value(true));
}

Result<Value> Evaluator::Call(const Node& node) {
  if (IsAskedFor(node.text)) {
    if (!node.children.empty()) return Fail(node, "reflect: Call with too many input arguments");
    return Value(facts_.has_failed == (node.text == "failure"));
  }
  const Function* const function = FindFunction(node.text);
  if (function == nullptr) return Fail(node, "reflect: call of reflect.Value.Call on zero Value");
  std::vector<Value> arguments;
  for (const NodePtr& child : node.children) {
    if (child->kind == Node::Kind::kClosure) {
      arguments.emplace_back();
      continue;
    }
    TARN_TRY_ASSIGN(Value argument, Evaluate(*child));
    arguments.push_back(std::move(argument));
  }
  if (arguments.size() < function->arguments_min || arguments.size() > function->arguments_max) {
    return Fail(node, fmt::format("invalid number of arguments for {} (expected {}, got {})",
                                  node.text, function->arguments_min, arguments.size()));
  }
  return function->apply(*this, node, arguments);
}

Result<Value> Evaluator::Member(const Node& node) {
  TARN_TRY_ASSIGN(const Value object, Evaluate(*node.children[0]));
  if (object.is_nil() && node.kind == Node::Kind::kOptional) return Value();
  TARN_TRY_ASSIGN(const Value key, Evaluate(*node.children[1]));
  return MemberOf(node, object, key);
}

Result<Value> Evaluator::MemberOf(const Node& node, const Value& object, const Value& key) {
  const std::string* const name = key.As<std::string>();
  const int64_t* const index = key.As<int64_t>();
  if (object.map() != nullptr && name != nullptr) {
    const auto found = object.map()->find(*name);
    return found == object.map()->end() ? Value() : found->second;
  }
  if (object.list() != nullptr && index != nullptr) {
    const auto& items = object.list()->items;
    const auto size = static_cast<int64_t>(items.size());
    const int64_t at = *index < 0 ? *index + size : *index;
    if (at >= 0 && at < size) return items[static_cast<size_t>(at)];
    return Fail(node, fmt::format("index out of range: {} (array length is {})", *index, size));
  }
  if (object.is_nil()) return Fail(node, "cannot fetch field from <nil>");
  return Fail(node, fmt::format("cannot fetch {} from {}", name != nullptr ? *name : "index",
                                object.TypeName()));
}

Result<Value> Evaluator::Slice(const Node& node) {
  TARN_TRY_ASSIGN(const Value object, Evaluate(*node.children[0]));
  const std::string* const text = object.As<std::string>();
  if (text == nullptr && object.list() == nullptr) {
    return Fail(node, fmt::format("cannot slice {}", object.TypeName()));
  }
  const auto size =
      static_cast<int64_t>(text != nullptr ? text->size() : object.list()->items.size());
  const auto bound = [&](const NodePtr& child, int64_t otherwise) -> Result<int64_t> {
    if (!child) return otherwise;
    TARN_TRY_ASSIGN(const Value value, Evaluate(*child));
    const int64_t* const at = value.As<int64_t>();
    if (at == nullptr) return Fail(*child, fmt::format("cannot slice by {}", value.TypeName()));
    return std::clamp<int64_t>(*at < 0 ? *at + size : *at, 0, size);
  };
  TARN_TRY_ASSIGN(const int64_t from, bound(node.children[1], 0));
  TARN_TRY_ASSIGN(int64_t to, bound(node.children[2], size));
  to = std::max(from, to);
  TARN_TRY(Take(static_cast<size_t>(to - from) * (text != nullptr ? 1 : kValueBytes)));
  if (text != nullptr) {
    return Value(text->substr(static_cast<size_t>(from), static_cast<size_t>(to - from)));
  }
  const auto& items = object.list()->items;
  return Value(List{{items.begin() + from, items.begin() + to}, object.list()->kind});
}

Result<Value> Evaluator::MakeList(const Node& node) {
  TARN_TRY(Take(node.children.size() * kValueBytes));
  List list;
  for (const NodePtr& child : node.children) {
    TARN_TRY_ASSIGN(Value item, Evaluate(*child));
    list.items.push_back(std::move(item));
  }
  return Value(std::move(list));
}

Result<Value> Evaluator::MakeMap(const Node& node) {
  TARN_TRY(Take(node.children.size() * kValueBytes));
  Map map;
  for (size_t i = 0; i + 1 < node.children.size(); i += 2) {
    TARN_TRY_ASSIGN(const Value key, Evaluate(*node.children[i]));
    const std::string* const name = key.As<std::string>();
    if (name == nullptr) {
      return Fail(*node.children[i], fmt::format("a name is no {}", key.TypeName()));
    }
    TARN_TRY_ASSIGN(map[*name], Evaluate(*node.children[i + 1]));
  }
  return Value(std::move(map));
}

Result<Value> Evaluator::Let(const Node& node) {
  TARN_TRY_ASSIGN(Value value, Evaluate(*node.children[0]));
  variables_.emplace_back(node.text, std::move(value));
  auto result = Evaluate(*node.children[1]);
  variables_.pop_back();
  return result;
}

}  // namespace tarn::hooks::condition

namespace tarn::hooks {

Result<bool> EvaluateCondition(std::string_view expression, const ConditionFacts& facts) {
  if (expression.size() > kConditionBytesMax) {
    return Status(Code::kInternal, "hook 'if' expression is too long");
  }
  TARN_TRY_ASSIGN(const condition::NodePtr root, condition::Parse(expression));
  TARN_TRY_ASSIGN(const condition::Value value,
                  condition::Evaluator(expression, facts).Evaluate(*root));
  if (const bool* const truth = value.As<bool>()) return *truth;
  return Status(Code::kInternal, "hook 'if' expression should evaluate to a boolean");
}

}  // namespace tarn::hooks
