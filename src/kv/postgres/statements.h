// The statements of the driver, made for one table. Level 3; immutable.
//
// Those that write answer, for each row that they changed, with the number of the transaction, by
// which its outcome can be asked for, and limit how long the server keeps it open if we vanish.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::kv::postgres {

/// $1 is the partition, $2 the key, where there are any.
enum class Verb : uint8_t {
  kGet,           ///< The value.
  kScan,          ///< Keys and values from $2 on, at most $3.
  kScanTo,        ///< The same before $4.
  kSet,           ///< $3: the value.
  kSetAbsent,     ///< $3: the value.
  kSetPresent,    ///< $3: the value.
  kSetEquals,     ///< $3: the value; $4: the one that it replaces.
  kDelete,        ///<
  kDeleteEquals,  ///< $3: the value.
  kDrop,          ///< Keys from $2 on, at most $3; answers with the last one behind the rest.
  kDropTo,        ///< The same before $4.
  kPartitions,    ///< No parameter.
  kBegin,         ///< No parameter.
  kCommit,        ///< No parameter.
  kRollback,      ///< No parameter.
  kOutcome,       ///< $1: number of a transaction.
};
inline constexpr size_t kVerbCount = static_cast<size_t>(Verb::kOutcome) + 1;

/// The column of the number of the transaction, and the last key of a kDrop.
inline constexpr int kTransactionColumn = 0, kLastKeyColumn = 2;

/// The name as SQL has it.
std::string Quoted(std::string_view identifier);

class Statements {
 public:
  explicit Statements(std::string_view table);
  const std::string& Text(Verb verb) const { return texts_[static_cast<size_t>(verb)]; }

 private:
  std::array<std::string, kVerbCount> texts_;
};

}  // namespace tarn::kv::postgres
