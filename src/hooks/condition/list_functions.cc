#include "hooks/condition/list_functions.h"

#include <algorithm>
#include <array>
#include <functional>

#include "fmt/format.h"

namespace tarn::hooks::condition {
namespace {

using Arguments = std::span<const Value>;

Status Wrong(Evaluator& evaluator, const Node& call, const Value& argument) {
  return evaluator.Fail(
      call, fmt::format("invalid argument for {} (type {})", call.text, argument.TypeName()));
}

Status TakeItems(Evaluator& evaluator, size_t items) {
  return evaluator.Take(items * (sizeof(Value) + 16));
}

/// Calls `visit(item, index, what the closure says)` until it says false.
template <class Visit>
Status ForEach(Evaluator& evaluator, const Node& call, Arguments a, const Visit& visit) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  int64_t index = 0;
  for (const Value& item : a[0].list()->items) {
    TARN_TRY_ASSIGN(const Value said, evaluator.EvaluateFor(*call.children[1], item, index));
    if (!visit(item, index, said)) return {};
    ++index;
  }
  return {};
}

/// The same with what must be a truth.
template <class Visit>
Status ForEachTruth(Evaluator& evaluator, const Node& call, Arguments a, const Visit& visit) {
  Status wrong;
  TARN_TRY(ForEach(evaluator, call, a, [&](const Value& item, int64_t index, const Value& said) {
    const bool* const truth = said.As<bool>();
    if (truth == nullptr) {
      wrong = evaluator.Fail(
          call, fmt::format("predicate should return boolean (got {})", said.TypeName()));
      return false;
    }
    return visit(item, index, *truth);
  }));
  return wrong;
}

Result<int64_t> CountTrue(Evaluator& evaluator, const Node& call, Arguments a) {
  int64_t count = 0;
  TARN_TRY(ForEachTruth(evaluator, call, a, [&](const Value&, int64_t, bool truth) {
    count += truth ? 1 : 0;
    return true;
  }));
  return count;
}

Result<Value> All(Evaluator& evaluator, const Node& call, Arguments a) {
  bool all = true;
  TARN_TRY(ForEachTruth(evaluator, call, a,
                        [&](const Value&, int64_t, bool truth) { return all = truth; }));
  return Value(all);
}
Result<Value> Any(Evaluator& evaluator, const Node& call, Arguments a) {
  bool any = false;
  TARN_TRY(ForEachTruth(evaluator, call, a, [&](const Value&, int64_t, bool truth) {
    any = truth;
    return !truth;
  }));
  return Value(any);
}
Result<Value> None(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const int64_t count, CountTrue(evaluator, call, a));
  return Value(count == 0);
}
Result<Value> One(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const int64_t count, CountTrue(evaluator, call, a));
  return Value(count == 1);
}
Result<Value> Count(Evaluator& evaluator, const Node& call, Arguments a) {
  TARN_TRY_ASSIGN(const int64_t count, CountTrue(evaluator, call, a));
  return Value(count);
}

Result<Value> Filter(Evaluator& evaluator, const Node& call, Arguments a) {
  List list;
  TARN_TRY(ForEachTruth(evaluator, call, a, [&](const Value& item, int64_t, bool truth) {
    if (truth) list.items.push_back(item);
    return true;
  }));
  TARN_TRY(TakeItems(evaluator, list.items.size()));
  return Value(std::move(list));
}
Result<Value> MapItems(Evaluator& evaluator, const Node& call, Arguments a) {
  List list;
  TARN_TRY(ForEach(evaluator, call, a, [&](const Value&, int64_t, const Value& said) {
    list.items.push_back(said);
    return true;
  }));
  TARN_TRY(TakeItems(evaluator, list.items.size()));
  return Value(std::move(list));
}

/// The item that fits, and where it is; the first, or the last.
template <bool is_last, bool is_index>
Result<Value> Find(Evaluator& evaluator, const Node& call, Arguments a) {
  Value found;
  TARN_TRY(ForEachTruth(evaluator, call, a, [&](const Value& item, int64_t index, bool truth) {
    if (truth) found = is_index ? Value(index) : item;
    return is_last || !truth;
  }));
  return found;
}

Result<Value> GroupBy(Evaluator& evaluator, const Node& call, Arguments a) {
  std::map<std::string, List> groups;
  Status wrong;
  TARN_TRY(ForEach(evaluator, call, a, [&](const Value& item, int64_t, const Value& said) {
    const std::string* const name = said.As<std::string>();
    if (name == nullptr) {
      wrong = Wrong(evaluator, call, said);
      return false;
    }
    groups[*name].items.push_back(item);
    return true;
  }));
  TARN_TRY(wrong);
  TARN_TRY(TakeItems(evaluator, a[0].list()->items.size()));
  Map map;
  for (auto& [name, list] : groups) map[name] = Value(std::move(list));
  return Value(std::move(map));
}

Result<Value> Reduce(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  const auto& items = a[0].list()->items;
  const bool has_start = a.size() > 2;
  if (items.empty() && !has_start) return Value();
  Value accumulated = has_start ? a[2] : items[0];
  for (size_t i = has_start ? 0 : 1; i < items.size(); ++i) {
    TARN_TRY_ASSIGN(accumulated, evaluator.EvaluateFor(*call.children[1], items[i],
                                                       static_cast<int64_t>(i), accumulated));
  }
  return accumulated;
}

// Without closures. ---------------------------------------------------------------------------

Result<Value> First(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  return a[0].list()->items.empty() ? Value() : a[0].list()->items.front();
}
Result<Value> Last(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  return a[0].list()->items.empty() ? Value() : a[0].list()->items.back();
}
Result<Value> Get(Evaluator&, const Node&, Arguments a) {
  const std::string* const name = a[1].As<std::string>();
  const int64_t* const index = a[1].As<int64_t>();
  if (a[0].map() != nullptr && name != nullptr) {
    const auto found = a[0].map()->find(*name);
    return found == a[0].map()->end() ? Value() : found->second;
  }
  if (a[0].list() != nullptr && index != nullptr && *index >= 0 &&
      static_cast<size_t>(*index) < a[0].list()->items.size()) {
    return a[0].list()->items[static_cast<size_t>(*index)];
  }
  return Value();
}
Result<Value> TakeSome(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  const int64_t* const wanted = a[1].As<int64_t>();
  if (wanted == nullptr || *wanted < 0) return Wrong(evaluator, call, a[1]);
  const auto& items = a[0].list()->items;
  const size_t size = std::min(items.size(), static_cast<size_t>(*wanted));
  TARN_TRY(TakeItems(evaluator, size));
  return Value(List{{items.begin(), items.begin() + static_cast<int64_t>(size)}, ListKind::kAny});
}

/// A list of what `make` makes of each member of a map.
template <class Make>
Result<Value> OfMembers(Evaluator& evaluator, const Node& call, Arguments a, const Make& make) {
  if (a[0].map() == nullptr) return Wrong(evaluator, call, a[0]);
  TARN_TRY(TakeItems(evaluator, a[0].map()->size() * 3));
  List list;
  for (const auto& [name, value] : *a[0].map()) list.items.push_back(make(name, value));
  return Value(std::move(list));
}
Result<Value> Keys(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfMembers(evaluator, call, a, [](const auto& name, const auto&) { return Value(name); });
}
Result<Value> Values(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfMembers(evaluator, call, a, [](const auto&, const auto& value) { return value; });
}
Result<Value> ToPairs(Evaluator& evaluator, const Node& call, Arguments a) {
  return OfMembers(evaluator, call, a, [](const auto& name, const auto& value) {
    return Value(List{{Value(name), value}, ListKind::kAny});
  });
}
Result<Value> FromPairs(Evaluator& evaluator, const Node& call, Arguments a) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  TARN_TRY(TakeItems(evaluator, a[0].list()->items.size() * 2));
  Map map;
  for (const Value& pair : a[0].list()->items) {
    const bool is_pair = pair.list() != nullptr && pair.list()->items.size() == 2;
    const std::string* const name = is_pair ? pair.list()->items[0].As<std::string>() : nullptr;
    if (name == nullptr) return Wrong(evaluator, call, pair);
    map[*name] = pair.list()->items[1];
  }
  return Value(std::move(map));
}

/// Orders items by what `key` gives for each: numbers, or texts.
Result<Value> Sorted(Evaluator& evaluator, const Node& call, Arguments a, bool is_descending,
                     const std::function<Value(const Value&)>& key) {
  if (a[0].list() == nullptr) return Wrong(evaluator, call, a[0]);
  TARN_TRY(TakeItems(evaluator, a[0].list()->items.size() * 2));
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& item : a[0].list()->items) {
    keyed.emplace_back(key(item), item);
    const Value &one = keyed.back().first, &first = keyed.front().first;
    const bool fits = (one.is_number() && first.is_number()) ||
                      (one.As<std::string>() != nullptr && first.As<std::string>() != nullptr);
    if (!fits) return Wrong(evaluator, call, one);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& x, const auto& y) {
    const Value &left = is_descending ? y.first : x.first,
                &right = is_descending ? x.first : y.first;
    if (left.is_number()) return left.number() < right.number();
    return *left.As<std::string>() < *right.As<std::string>();
  });
  List list;
  for (auto& [by, item] : keyed) list.items.push_back(std::move(item));
  return Value(std::move(list));
}
bool IsDescending(Arguments a, size_t i) {
  return a.size() > i && a[i].As<std::string>() != nullptr && *a[i].As<std::string>() == "desc";
}
Result<Value> Sort(Evaluator& evaluator, const Node& call, Arguments a) {
  return Sorted(evaluator, call, a, IsDescending(a, 1), [](const Value& item) { return item; });
}
Result<Value> SortBy(Evaluator& evaluator, const Node& call, Arguments a) {
  const std::string* const name = a[1].As<std::string>();
  if (name == nullptr) return Wrong(evaluator, call, a[1]);
  return Sorted(evaluator, call, a, IsDescending(a, 2), [&](const Value& item) {
    const auto found = item.map() == nullptr ? Map::const_iterator() : item.map()->find(*name);
    return item.map() == nullptr || found == item.map()->end() ? Value() : found->second;
  });
}

constexpr std::array<Function, 23> kFunctions = {{
    {"all", 2, 2, All},
    {"any", 2, 2, Any},
    {"count", 2, 2, Count},
    {"filter", 2, 2, Filter},
    {"find", 2, 2, Find<false, false>},
    {"findIndex", 2, 2, Find<false, true>},
    {"findLast", 2, 2, Find<true, false>},
    {"findLastIndex", 2, 2, Find<true, true>},
    {"first", 1, 1, First},
    {"fromPairs", 1, 1, FromPairs},
    {"get", 2, 2, Get},
    {"groupBy", 2, 2, GroupBy},
    {"keys", 1, 1, Keys},
    {"last", 1, 1, Last},
    {"map", 2, 2, MapItems},
    {"none", 2, 2, None},
    {"one", 2, 2, One},
    {"reduce", 2, 3, Reduce},
    {"sort", 1, 2, Sort},
    {"sortBy", 2, 3, SortBy},
    {"take", 2, 2, TakeSome},
    {"toPairs", 1, 1, ToPairs},
    {"values", 1, 1, Values},
}};

}  // namespace

std::span<const Function> ListFunctions() { return kFunctions; }

}  // namespace tarn::hooks::condition
