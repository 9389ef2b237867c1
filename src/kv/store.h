// The key-value store that holds all mutable state: partitions of byte keys in unsigned byte order.
//
// Compare-and-set is the only concurrency tool. A write that returned OK is durable. Drivers:
// kv/rocksdb (embedded), kv/mem (tests); every driver passes kv/testing/store_suite.h. Layout of
// keys and records: docs/formats/kv.md. Level 3; all methods are thread-safe. On a thread that must
// not wait (base/blocking.h) reads return kWouldBlock when the answer is not in memory, and writes
// always do.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iter/sorted_iterator.h"

namespace tarn::kv {

/// What must hold for a conditional write.
class Predicate {
 public:
  enum class Kind { kAbsent, kPresent, kEquals };
  /// The key has no value.
  static Predicate Absent() { return {Kind::kAbsent, {}}; }
  /// The key has some value.
  static Predicate Present() { return {Kind::kPresent, {}}; }
  /// The key's value is exactly these bytes.
  static Predicate Equals(std::string value) { return {Kind::kEquals, std::move(value)}; }
  /// The key is as a Get found it: equal to the value, or absent.
  static Predicate Unchanged(const std::optional<std::string>& found) {
    return found ? Equals(*found) : Absent();
  }
  Kind kind() const { return kind_; }
  const std::string& value() const { return value_; }

 private:
  Predicate(Kind kind, std::string value) : kind_(kind), value_(std::move(value)) {}
  Kind kind_;
  std::string value_;
};

/// One write of Store::SetMany.
struct Put {
  std::string_view key, value;
  const Predicate* predicate = nullptr;  ///< Null: unconditional.
};

/// Iterates the keys of one partition; value() is the stored bytes.
using Iterator = AnyIterator<std::string_view>;
using IteratorPtr = std::unique_ptr<Iterator>;

class Store {
 public:
  virtual ~Store() = default;

  /// The value, or nothing when the key is absent.
  virtual Result<std::optional<std::string>> Get(std::string_view partition,
                                                 std::string_view key) = 0;
  /// Writes unconditionally.
  virtual Status Set(std::string_view partition, std::string_view key, std::string_view value) = 0;
  /// Writes if the predicate holds, atomically; kPredicateFailed ("predicate failed") otherwise.
  virtual Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
                       const Predicate& predicate) = 0;
  /// Set or SetIf for each, in order, one status each; not atomic. Drivers make them durable
  /// together, so many cost little more than one.
  virtual std::vector<Status> SetMany(std::string_view partition, std::span<const Put> puts);
  /// Removes a key; absent is success.
  virtual Status Delete(std::string_view partition, std::string_view key) = 0;
  /// Removes a key if the predicate holds, atomically; kPredicateFailed otherwise.
  virtual Status DeleteIf(std::string_view partition, std::string_view key,
                          const Predicate& predicate) = 0;
  /// A snapshot of the keys of one partition that start with `prefix` (empty: all). The caller
  /// seeks.
  virtual Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) = 0;
  /// Removes every key of a partition that starts with `prefix` (empty: all), in time independent
  /// of their number where the driver can.
  virtual Status Drop(std::string_view partition, std::string_view prefix) = 0;
  /// Names of all partitions, ascending. For tools; may read everything.
  virtual Result<std::vector<std::string>> ListPartitions() = 0;
};

/// Text of an argument error: an empty partition or key is kInvalidValue with these.
inline constexpr std::string_view kMissingPartition = "missing partition key";
inline constexpr std::string_view kMissingKey = "missing key";

/// Limits of every driver, in bytes; over them: kTooLarge.
inline constexpr size_t kPartitionBytesMax = 65'000;
inline constexpr size_t kKeyBytesMax = 65'000;
inline constexpr size_t kValueBytesMax = 256 << 20;

/// What every driver checks before anything else.
Status CheckPartition(std::string_view partition);
Status CheckKey(std::string_view partition, std::string_view key);
Status CheckWrite(std::string_view partition, std::string_view key, std::string_view value);
/// True if `found` is what the predicate asks for.
bool Holds(const Predicate& predicate, const std::optional<std::string_view>& found);
/// kPredicateFailed "predicate failed".
Status PredicateFailed();

}  // namespace tarn::kv
