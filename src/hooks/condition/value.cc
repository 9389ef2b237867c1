#include "hooks/condition/value.h"

#include <algorithm>
#include <array>

namespace tarn::hooks::condition {

double Value::number() const {
  const int64_t* const integer = As<int64_t>();
  return integer != nullptr ? static_cast<double>(*integer) : *As<double>();
}

std::string_view Value::TypeName() const {
  constexpr std::array<std::string_view, 10> kNames = {
      "nil",           "bool",      "int",  "float", "string",
      "time.Duration", "time.Time", "func", "array", "map"};
  return kNames[value_.index()];
}

bool Value::Equals(const Value& other) const {
  if (is_number() && other.is_number()) {
    const int64_t *a = As<int64_t>(), *b = other.As<int64_t>();
    return a != nullptr && b != nullptr ? *a == *b : number() == other.number();
  }
  if (list() != nullptr && other.list() != nullptr) {
    const List &a = *list(), &b = *other.list();
    return a.kind == b.kind &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                      [](const Value& x, const Value& y) { return x.Equals(y); });
  }
  if (map() != nullptr && other.map() != nullptr) {
    const Map &a = *map(), &b = *other.map();
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.first == y.first && x.second.Equals(y.second);
    });
  }
  return value_ == other.value_;
}

}  // namespace tarn::hooks::condition
