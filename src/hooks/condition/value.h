// Values of conditions. Level 7; copies share lists and maps, which never change once made.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace tarn::hooks::condition {

class Value;
/// What a list was made of: lists of two kinds are never equal.
enum class ListKind : uint8_t { kAny, kIntegers, kTexts };
struct List {
  std::vector<Value> items;
  ListKind kind = ListKind::kAny;
};
using Map = std::map<std::string, Value>;

/// The name of a function, which is a value too, but of no use as one.
struct Callable {
  std::string_view name;
  bool operator==(const Callable&) const = default;
};

class Value {
 public:
  using Duration = std::chrono::nanoseconds;
  Value() = default;  ///< nil
  explicit Value(bool value) : value_(value) {}
  explicit Value(int64_t value) : value_(value) {}
  explicit Value(double value) : value_(value) {}
  explicit Value(std::string value) : value_(std::move(value)) {}
  explicit Value(Duration value) : value_(value) {}
  explicit Value(Timestamp value) : value_(value) {}
  explicit Value(Callable value) : value_(value) {}
  explicit Value(List list) : value_(std::make_shared<const List>(std::move(list))) {}
  explicit Value(Map map) : value_(std::make_shared<const Map>(std::move(map))) {}

  template <class T>
  const T* As() const {
    return std::get_if<T>(&value_);
  }
  bool is_nil() const { return As<std::monostate>() != nullptr; }
  const List* list() const { return Shared<List>(); }
  const Map* map() const { return Shared<Map>(); }
  bool is_number() const { return As<int64_t>() != nullptr || As<double>() != nullptr; }
  /// REQUIRES is_number().
  double number() const;

  /// "int", "string", "array", "map", "nil", ...
  std::string_view TypeName() const;
  bool Equals(const Value& other) const;

 private:
  template <class T>
  const T* Shared() const {
    const auto* held = std::get_if<std::shared_ptr<const T>>(&value_);
    return held == nullptr ? nullptr : held->get();
  }

  std::variant<std::monostate, bool, int64_t, double, std::string, Duration, Timestamp, Callable,
               std::shared_ptr<const List>, std::shared_ptr<const Map>>
      value_;
};

}  // namespace tarn::hooks::condition
