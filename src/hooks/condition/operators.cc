#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "fmt/format.h"
#include "hooks/condition/evaluate.h"

namespace tarn::hooks::condition {
namespace {

constexpr int64_t kRangeMax = 10'000;
constexpr int64_t kExpressionMemory = 1 << 20;

/// What the operators work on.
struct Operands {
  Evaluator& evaluator;
  const Node& node;
  const Value &left, &right;

  Status Refuse() const {
    return evaluator.Fail(node, fmt::format("invalid operation: {} {} {}", left.TypeName(),
                                            node.text, right.TypeName()));
  }
  template <class T>
  bool Are() const {
    return left.As<T>() != nullptr && right.As<T>() != nullptr;
  }
  bool are_numbers() const { return left.is_number() && right.is_number(); }
};

/// Whole numbers stay whole and go around at the end of their range, as the reference's do.
template <class Whole, class Real>
Result<Value> Arithmetic(const Operands& of, Whole whole, Real real) {
  if (!of.are_numbers()) return of.Refuse();
  if (of.Are<int64_t>()) {
    return Value(static_cast<int64_t>(whole(static_cast<uint64_t>(*of.left.As<int64_t>()),
                                            static_cast<uint64_t>(*of.right.As<int64_t>()))));
  }
  return Value(static_cast<double>(real(of.left.number(), of.right.number())));
}

Result<Value> Add(const Operands& of) {
  if (of.Are<std::string>()) {
    TARN_TRY(
        of.evaluator.Take(of.left.As<std::string>()->size() + of.right.As<std::string>()->size()));
    return Value(*of.left.As<std::string>() + *of.right.As<std::string>());
  }
  return Arithmetic(of, std::plus<>(), std::plus<>());
}

Result<Value> Subtract(const Operands& of) {
  return Arithmetic(of, std::minus<>(), std::minus<>());
}
Result<Value> Multiply(const Operands& of) {
  return Arithmetic(of, std::multiplies<>(), std::multiplies<>());
}

Result<Value> Divide(const Operands& of) {
  if (!of.are_numbers()) return of.Refuse();
  return Value(of.left.number() / of.right.number());
}

Result<Value> Remainder(const Operands& of) {
  if (!of.Are<int64_t>()) return of.Refuse();
  const int64_t divisor = *of.right.As<int64_t>();
  if (divisor == 0) return of.evaluator.Fail(of.node, "runtime error: integer divide by zero");
  return Value(divisor == -1 ? int64_t{0} : *of.left.As<int64_t>() % divisor);
}

Result<Value> Power(const Operands& of) {
  if (!of.are_numbers()) return of.Refuse();
  return Value(std::pow(of.left.number(), of.right.number()));
}

template <class Compare>
Result<Value> Ordered(const Operands& of) {
  const Compare compare;
  if (of.Are<int64_t>()) return Value(compare(*of.left.As<int64_t>(), *of.right.As<int64_t>()));
  if (of.are_numbers()) return Value(compare(of.left.number(), of.right.number()));
  if (of.Are<std::string>()) {
    return Value(compare(*of.left.As<std::string>(), *of.right.As<std::string>()));
  }
  if (of.Are<Value::Duration>()) {
    return Value(compare(*of.left.As<Value::Duration>(), *of.right.As<Value::Duration>()));
  }
  if (of.Are<Timestamp>()) {
    return Value(compare(*of.left.As<Timestamp>(), *of.right.As<Timestamp>()));
  }
  return of.Refuse();
}

Result<Value> Equal(const Operands& of) { return Value(of.left.Equals(of.right)); }
Result<Value> Unequal(const Operands& of) { return Value(!of.left.Equals(of.right)); }

Result<Value> In(const Operands& of) {
  if (of.right.is_nil()) return Value(false);
  if (of.right.map() != nullptr) {
    const std::string* const name = of.left.As<std::string>();
    return Value(name != nullptr && of.right.map()->contains(*name));
  }
  if (of.right.list() == nullptr) return of.Refuse();
  const auto& items = of.right.list()->items;
  return Value(std::any_of(items.begin(), items.end(),
                           [&](const Value& item) { return item.Equals(of.left); }));
}

template <bool (*test)(std::string_view, std::string_view)>
Result<Value> OfTexts(const Operands& of) {
  if (!of.Are<std::string>()) return of.Refuse();
  return Value(test(*of.left.As<std::string>(), *of.right.As<std::string>()));
}
bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
bool StartsWith(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool EndsWith(std::string_view text, std::string_view part) { return text.ends_with(part); }

Result<Value> Matches(const Operands& of) {
  if (!of.Are<std::string>()) return of.Refuse();
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kExpressionMemory);
  const re2::RE2 expression(*of.right.As<std::string>(), options);
  if (!expression.ok()) {
    return of.evaluator.Fail(of.node, "error parsing regexp: " + expression.error());
  }
  return Value(re2::RE2::PartialMatch(*of.left.As<std::string>(), expression));
}

Result<Value> Range(const Operands& of) {
  if (!of.Are<int64_t>()) return of.Refuse();
  const int64_t from = *of.left.As<int64_t>(), to = *of.right.As<int64_t>();
  List list{{}, ListKind::kIntegers};
  if (from > to) return Value(std::move(list));
  if (static_cast<uint64_t>(to) - static_cast<uint64_t>(from) >= uint64_t{kRangeMax}) {
    return of.evaluator.Fail(of.node, "the range is too large");
  }
  TARN_TRY(of.evaluator.Take(static_cast<size_t>(to - from + 1) * sizeof(Value)));
  for (int64_t i = from;; ++i) {
    list.items.emplace_back(i);
    if (i == to) return Value(std::move(list));
  }
}

struct Row {
  std::string_view spelled;
  Result<Value> (*apply)(const Operands&);
};
constexpr std::array<Row, 19> kRows = {{
    {"+", Add},
    {"-", Subtract},
    {"*", Multiply},
    {"/", Divide},
    {"%", Remainder},
    {"**", Power},
    {"^", Power},
    {"==", Equal},
    {"!=", Unequal},
    {"<", Ordered<std::less<>>},
    {">", Ordered<std::greater<>>},
    {"<=", Ordered<std::less_equal<>>},
    {">=", Ordered<std::greater_equal<>>},
    {"in", In},
    {"contains", OfTexts<Contains>},
    {"startsWith", OfTexts<StartsWith>},
    {"endsWith", OfTexts<EndsWith>},
    {"matches", Matches},
    {"..", Range},
}};

}  // namespace

Result<Value> ApplyOperator(Evaluator& evaluator, const Node& node, const Value& left,
                            const Value& right) {
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const Row& one) { return one.spelled == node.text; });
  if (row == kRows.end()) return evaluator.Fail(node, "unknown operator " + node.text);
  return row->apply({evaluator, node, left, right});
}

}  // namespace tarn::hooks::condition
