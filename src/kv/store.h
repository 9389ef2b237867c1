// The key-value store that holds all mutable state: partitions of byte keys in unsigned byte order.
//
// Compare-and-set is the only concurrency tool. A write that returned OK is durable. Drivers differ
// and say so in their Traits; no code above asks which driver it is. Drivers: kv/rocksdb
// (embedded), kv/postgres and kv/dynamodb (shared by servers), kv/mem (tests),
// kv/testing/hostile_store.h (the least that the contract allows); every one passes
// kv/testing/store_suite.h. Layout of keys and records: docs/formats/kv.md. Level 3; all methods
// are thread-safe. On a thread that must not wait (base/blocking.h) reads return kWouldBlock when
// the answer is not in memory, and writes always do.
//
// Drivers over a network try again what breaks off. A write that ends in another failure than
// kPredicateFailed, kWouldBlock and those of arguments may have been made all the same.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// What a scan sees of writes that come while it runs. Either way it gives each key at most once,
/// in order, and every key that was there all the time.
enum class ScanKind : uint8_t {
  kSnapshot,  ///< Nothing: all it gives is of the moment it was made.
  kPaged,     ///< Perhaps some and not others: each page is of the moment it is fetched.
};

/// What a driver can keep. Limits are in bytes; over them writes and reads are kTooLarge.
struct Traits {
  size_t partition_bytes_max = 65'000;
  size_t key_bytes_max = 65'000;
  size_t value_bytes_max = 256 << 20;
  ScanKind scans = ScanKind::kSnapshot;
  /// Other processes may use the same store, so nothing that this one remembers need still hold.
  bool shared = false;
  /// Nothing is ever in memory: on a thread that must not wait all reads are kWouldBlock.
  bool reads_wait = false;
};

/// What every part of Tarn may rely on: no driver has lower limits.
inline constexpr Traits kLeastTraits = {.partition_bytes_max = 1536,
                                        .key_bytes_max = 1024,
                                        .value_bytes_max = 400'000,
                                        .scans = ScanKind::kPaged,
                                        .shared = true,
                                        .reads_wait = true};

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

  /// The same as long as the store lives.
  virtual const Traits& traits() const = 0;
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
  /// The keys of one partition that start with `prefix` (empty: all), in ascending order, as
  /// traits().scans says. The caller seeks. On a thread that may not wait it gives what is in
  /// memory.
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

/// What every driver checks before anything else, against its own limits.
Status CheckPartition(const Traits& traits, std::string_view partition);
Status CheckKey(const Traits& traits, std::string_view partition, std::string_view key);
Status CheckWrite(const Traits& traits, std::string_view partition, std::string_view key,
                  std::string_view value);
/// True if `found` is what the predicate asks for.
bool Holds(const Predicate& predicate, const std::optional<std::string_view>& found);
/// kPredicateFailed "predicate failed".
Status PredicateFailed();

}  // namespace tarn::kv
