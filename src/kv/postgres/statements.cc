#include "kv/postgres/statements.h"

#include <fmt/format.h>

namespace tarn::kv::postgres {
namespace {

struct Row {
  Verb verb;
  std::string_view text;  ///< With {0} for the table and {1} for what a write answers.
};

/// set_config(..., true) holds for the transaction only.
constexpr std::string_view kWritten =
    "txid_current()::text, set_config('idle_in_transaction_session_timeout', '10s', true)";

constexpr std::array<Row, kVerbCount> kRows = {{
    {Verb::kGet, "SELECT value FROM {0} WHERE partition_key = $1 AND key = $2"},
    {Verb::kScan,
     "SELECT key, value FROM {0} WHERE partition_key = $1 AND key >= $2 ORDER BY key LIMIT $3"},
    {Verb::kScanTo,
     "SELECT key, value FROM {0} WHERE partition_key = $1 AND key >= $2 AND key < $4 "
     "ORDER BY key LIMIT $3"},
    {Verb::kSet,
     "INSERT INTO {0} (partition_key, key, value) VALUES ($1, $2, $3) "
     "ON CONFLICT (partition_key, key) DO UPDATE SET value = EXCLUDED.value RETURNING {1}"},
    {Verb::kSetAbsent,
     "INSERT INTO {0} (partition_key, key, value) VALUES ($1, $2, $3) "
     "ON CONFLICT (partition_key, key) DO NOTHING RETURNING {1}"},
    {Verb::kSetPresent,
     "UPDATE {0} SET value = $3 WHERE partition_key = $1 AND key = $2 RETURNING {1}"},
    {Verb::kSetEquals,
     "UPDATE {0} SET value = $3 WHERE partition_key = $1 AND key = $2 AND value = $4 "
     "RETURNING {1}"},
    {Verb::kDelete, "DELETE FROM {0} WHERE partition_key = $1 AND key = $2 RETURNING {1}"},
    {Verb::kDeleteEquals,
     "DELETE FROM {0} WHERE partition_key = $1 AND key = $2 AND value = $3 RETURNING {1}"},
    {Verb::kDrop,
     "WITH doomed AS (SELECT key FROM {0} WHERE partition_key = $1 AND key >= $2 "
     "ORDER BY key LIMIT $3), gone AS (DELETE FROM {0} USING doomed "
     "WHERE {0}.partition_key = $1 AND {0}.key = doomed.key) "
     "SELECT {1}, key FROM doomed ORDER BY key DESC LIMIT 1"},
    {Verb::kDropTo,
     "WITH doomed AS (SELECT key FROM {0} WHERE partition_key = $1 AND key >= $2 AND key < $4 "
     "ORDER BY key LIMIT $3), gone AS (DELETE FROM {0} USING doomed "
     "WHERE {0}.partition_key = $1 AND {0}.key = doomed.key) "
     "SELECT {1}, key FROM doomed ORDER BY key DESC LIMIT 1"},
    {Verb::kPartitions, "SELECT DISTINCT partition_key FROM {0}"},
    {Verb::kBegin, "BEGIN ISOLATION LEVEL READ COMMITTED"},
    {Verb::kCommit, "COMMIT"},
    {Verb::kRollback, "ROLLBACK"},
    {Verb::kOutcome, "SELECT txid_status($1)"},
}};

constexpr bool InOrder() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].verb) != i) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

std::string Quoted(std::string_view identifier) {
  std::string quoted = "\"";
  for (const char c : identifier) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

Statements::Statements(std::string_view table) {
  const std::string name = Quoted(table);
  for (const Row& row : kRows) {
    texts_[static_cast<size_t>(row.verb)] = fmt::format(fmt::runtime(row.text), name, kWritten);
  }
}

}  // namespace tarn::kv::postgres
