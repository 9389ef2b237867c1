#include "kv/postgres/schema.h"

#include <fmt/format.h>

#include <array>

#include "kv/postgres/statements.h"

namespace tarn::kv::postgres {
namespace {

constexpr int kPartitions = 100;

/// The text as SQL has it.
std::string Literal(std::string_view text) {
  std::string literal = "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal += c;
    literal += c;
  }
  return literal + "'";
}

/// Its kind ('r' or 'p') and the number of its partitions; no row if it is not there.
std::string KindStatement(std::string_view table) {
  return fmt::format(
      "SELECT c.relkind::text, (SELECT count(*)::text FROM pg_catalog.pg_inherits "
      "WHERE inhparent = c.oid) FROM pg_catalog.pg_class c WHERE c.oid = "
      "pg_catalog.to_regclass({})",
      Literal(Quoted(table)));
}

Result<bool> IsWhole(Connection& connection, std::string_view table, const Deadline& deadline) {
  TARN_TRY_ASSIGN(const Answer found, connection.RunText(KindStatement(table), deadline));
  if (found.rows() == 0) return false;
  return found.Value(0, 0) != "p" || found.Value(0, 1) == fmt::to_string(kPartitions);
}

std::vector<std::string> MakingStatements(std::string_view table) {
  const std::string parent = Quoted(table);
  std::vector<std::string> statements = {
      "BEGIN", fmt::format("SELECT pg_catalog.pg_advisory_xact_lock({})", LockNumber(table)),
      fmt::format("CREATE TABLE IF NOT EXISTS {} (partition_key BYTEA NOT NULL, "
                  "key BYTEA NOT NULL, value BYTEA NOT NULL, PRIMARY KEY (partition_key, key)) "
                  "PARTITION BY HASH (partition_key)",
                  parent)};
  for (int i = 0; i < kPartitions; ++i) {
    statements.push_back(
        fmt::format("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} "
                    "FOR VALUES WITH (MODULUS {}, REMAINDER {})",
                    Quoted(fmt::format("{}_{}", table, i)), parent, kPartitions, i));
  }
  statements.push_back(
      fmt::format("CREATE OR REPLACE VIEW {} AS SELECT ENCODE(partition_key, 'escape') AS "
                  "partition_key, ENCODE(key, 'escape') AS key, value FROM {}",
                  Quoted(fmt::format("{}_v", table)), parent));
  statements.push_back("COMMIT");
  return statements;
}

/// A statement whose answer is one true value, and what it means if it is not.
struct Question {
  std::string_view name;
  std::string_view text;  ///< With {0} for the table as a literal.
  std::string_view complaint;
};

constexpr auto kQuestions = std::to_array<Question>({
    {"version", "SELECT current_setting('server_version_num')::int >= 110000",
     "PostgreSQL 11 or newer is needed"},
    {"writable", "SELECT NOT pg_catalog.pg_is_in_recovery()",
     "the server is a standby, which takes no writes; name the primary, or several hosts with "
     "target_session_attrs=read-write"},
    {"table", "SELECT pg_catalog.to_regclass({0}) IS NOT NULL",
     "the table is not there yet; the first start makes it, and needs CREATE on the schema"},
    {"columns",
     "SELECT count(*) = 3 FROM pg_catalog.pg_attribute WHERE attrelid = "
     "pg_catalog.to_regclass({0}) AND attname IN ('partition_key', 'key', 'value') "
     "AND atttypid = 'bytea'::regtype AND NOT attisdropped",
     "the table lacks its columns partition_key, key and value of type bytea"},
    {"rights",
     "SELECT pg_catalog.has_table_privilege(current_user, {0}, 'SELECT') AND "
     "pg_catalog.has_table_privilege(current_user, {0}, 'INSERT') AND "
     "pg_catalog.has_table_privilege(current_user, {0}, 'UPDATE') AND "
     "pg_catalog.has_table_privilege(current_user, {0}, 'DELETE')",
     "the user needs SELECT, INSERT, UPDATE and DELETE on the table"},
    {"durability",
     "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on' AND "
     "current_setting('synchronous_commit') <> 'off'",
     "fsync, full_page_writes or synchronous_commit is off: a power cut loses writes that were "
     "acknowledged"},
});

}  // namespace

uint32_t LockNumber(std::string_view table) {
  // FNV-1a.
  uint32_t hash = 2166136261;
  for (const char c : fmt::format("lakefs:{}", table)) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
  }
  return hash;
}

Status MakeTable(Connection& connection, std::string_view table, const Deadline& deadline) {
  TARN_TRY_ASSIGN(const bool whole, IsWhole(connection, table, deadline));
  if (whole) return {};
  for (const std::string& statement : MakingStatements(table)) {
    Status done = ToStatus(connection.RunText(statement, deadline));
    if (done.ok()) continue;
    if (!connection.is_broken()) {
      IgnoreError(ToStatus(connection.RunText("ROLLBACK", deadline)), "the first failure counts");
    }
    return std::move(done).Prefixed(fmt::format("making table {}: ", table));
  }
  return {};
}

std::vector<Check> ExamineTable(Connection& connection, std::string_view table,
                                const Deadline& deadline) {
  std::vector<Check> checks;
  for (const Question& question : kQuestions) {
    auto answer = connection.RunText(
        fmt::format(fmt::runtime(question.text), Literal(Quoted(table))), deadline);
    Status status = answer.status();
    if (answer.ok() && (answer->rows() != 1 || answer->Value(0, 0) != std::string_view("\1", 1))) {
      status = Status(Code::kIo, std::string(question.complaint));
    }
    const bool stop = question.name == "table" && !status.ok();
    checks.push_back({question.name, std::move(status)});
    if (stop || connection.is_broken()) break;
  }
  return checks;
}

}  // namespace tarn::kv::postgres
