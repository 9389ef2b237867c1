// One kind of record: where it lies, how it is written, what its absence is called. Whoever adds a
// record writes one such row, and has reading, creating, changing, removing and listing of it.
// Level 4; thread-safe functions that block.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kv/store.h"
#include "records/layout.h"
#include "records/list.h"
#include "records/update.h"

namespace tarn::records {

struct Refusal {
  Code code = Code::kNotFound;
  std::string_view message;
  Status ToStatus() const { return Status(code, std::string(message)); }
};

/// REQUIRES text of static storage.
template <class T>
struct Kind {
  std::string_view prefix;  ///< Of its keys; the rest is its name.
  std::string (*encode)(const T& value);
  /// kCorrupt for bytes that are no such record.
  Result<T> (*decode)(std::string_view bytes);
  std::string_view what;  ///< "<what>: too many tries ...".
  Refusal missing;
  Refusal taken = {Code::kNotUnique, "not unique"};
};

template <class T>
Result<std::optional<T>> Find(kv::Store& kv, const Kind<T>& kind, std::string_view partition,
                              std::string_view name) {
  TARN_TRY_ASSIGN(const auto bytes, kv.Get(partition, Key(kind.prefix, name)));
  if (!bytes) return std::optional<T>();
  TARN_TRY_ASSIGN(T value, kind.decode(*bytes));
  return std::optional(std::move(value));
}

/// Find, or the kind's `missing`.
template <class T>
Result<T> Get(kv::Store& kv, const Kind<T>& kind, std::string_view partition,
              std::string_view name) {
  TARN_TRY_ASSIGN(auto found, Find(kv, kind, partition, name));
  if (!found) return kind.missing.ToStatus();
  return *std::move(found);
}

/// Writes a record that is not there yet; the kind's `taken`.
template <class T>
Status Create(kv::Store& kv, const Kind<T>& kind, std::string_view partition, std::string_view name,
              const T& value) {
  Status written =
      kv.SetIf(partition, Key(kind.prefix, name), kind.encode(value), kv::Predicate::Absent());
  return written.code() == Code::kPredicateFailed ? kind.taken.ToStatus() : written;
}

/// Lets `change(T*)`, a Result<bool>, edit the record as it is now, and writes it if nobody else
/// did meanwhile; else again (RetryLost). False leaves it as it is, an error ends it. The kind's
/// `missing`.
template <class T, class Change>
Status Update(kv::Store& kv, Random& random, const Kind<T>& kind, std::string_view partition,
              std::string_view name, const Change& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return kind.missing.ToStatus();
    TARN_TRY_ASSIGN(T value, kind.decode(*found));
    TARN_TRY_ASSIGN(const bool changed, change(&value));
    if (!changed) return std::optional<std::string>();
    return std::optional(kind.encode(value));
  };
  return UpdateRecord(kv, random, partition, Key(kind.prefix, name), kind.what, edit);
}

/// Lets `prepare(const T&)`, a Status, see the record as it is now, and removes it if nobody
/// changed it meanwhile; else again. An error ends it. The kind's `missing`.
template <class T, class Prepare>
Status Remove(kv::Store& kv, Random& random, const Kind<T>& kind, std::string_view partition,
              std::string_view name, const Prepare& prepare) {
  const std::string key = Key(kind.prefix, name);
  return RetryLost(random, kind.what, [&]() -> Status {
    TARN_TRY_ASSIGN(const auto found, kv.Get(partition, key));
    if (!found) return kind.missing.ToStatus();
    TARN_TRY_ASSIGN(const T value, kind.decode(*found));
    TARN_TRY(prepare(value));
    return kv.DeleteIf(partition, key, kv::Predicate::Equals(*found));
  });
}

/// A page of the records that `keep` wants.
template <class T, class Keep>
Result<Page<T>> List(kv::Store& kv, const Kind<T>& kind, std::string_view partition,
                     const PageRequest& request, const Keep& keep) {
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<T>> {
    TARN_TRY_ASSIGN(T value, kind.decode(bytes));
    if (!keep(value)) return std::optional<T>();
    return std::optional(std::move(value));
  };
  return ListRecords<T>(kv, partition, kind.prefix, request, decode);
}
template <class T>
Result<Page<T>> List(kv::Store& kv, const Kind<T>& kind, std::string_view partition,
                     const PageRequest& request) {
  return List(kv, kind, partition, request, [](const T&) { return true; });
}

}  // namespace tarn::records
