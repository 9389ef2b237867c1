#include "kv/postgres/status.h"

#include <fmt/format.h>

#include <array>

namespace tarn::kv::postgres {
namespace {

constexpr std::string_view kStateContext = "sqlstate";
constexpr std::string_view kTooManyConnections = "53300";

constexpr std::string_view kReadOnly = "25006";
constexpr std::string_view kWrongParameter = "22023";

struct Row {
  std::string_view state;  ///< A state, or what several begin with.
  Code code;
  Retry retry;
  std::string_view advice;
};

/// The first row that fits counts.
constexpr auto kRows = std::to_array<Row>({
    {"08", Code::kIo, Retry::kLater, ""},
    {kWrongParameter, Code::kIo, Retry::kNever, "check database.postgres.connection_string"},
    {kReadOnly, Code::kIo, Retry::kLater, "the server takes no writes; it may be a standby"},
    {"25P03", Code::kIo, Retry::kLater, ""},
    {"26000", Code::kIo, Retry::kNever,
     "a pooler changed the session; leave out default_query_exec_mode=cache_statement"},
    {"42P05", Code::kIo, Retry::kNever,
     "a pooler changed the session; leave out default_query_exec_mode=cache_statement"},
    {"28", Code::kIo, Retry::kNever, "check user and password, and pg_hba.conf of the server"},
    {"3D000", Code::kIo, Retry::kNever, "create the database, or name another one"},
    {"40003", Code::kIo, Retry::kConflict, ""},
    {"40", Code::kIo, Retry::kLater, ""},
    {"42501", Code::kIo, Retry::kNever,
     "the user needs SELECT, INSERT, UPDATE and DELETE on the table, and CREATE on the schema "
     "where "
     "it is not there yet"},
    {"53100", Code::kNoSpace, Retry::kNever, "the disk of the database is full"},
    {kTooManyConnections, Code::kIo, Retry::kLater,
     "lower database.postgres.max_open_connections, or raise max_connections of the server"},
    {"53", Code::kIo, Retry::kLater, ""},
    {"54000", Code::kTooLarge, Retry::kNever, ""},
    {"55P03", Code::kIo, Retry::kLater, ""},
    {"57P", Code::kIo, Retry::kLater, ""},
    {"XX001", Code::kCorrupt, Retry::kNever, ""},
    {"XX002", Code::kCorrupt, Retry::kNever, ""},
    {"", Code::kIo, Retry::kNever, ""},
});

/// What a refusal says, and the state that it has.
struct Refusal {
  std::string_view words, state;
};
constexpr auto kRefusals = std::to_array<Refusal>({
    {"too many clients", kTooManyConnections},
    {"too many connections", kTooManyConnections},
    {"connection slots are reserved", kTooManyConnections},
    {"no more connections allowed", kTooManyConnections},
    {"authentication failed", "28P01"},
    {"no password supplied", "28P01"},
    {"no pg_hba.conf entry", "28000"},
    {"certificate", "28000"},
    {"server does not support SSL", "28000"},
    {"\" does not exist", "3D000"},
    {"unsupported startup parameter", kWrongParameter},
    {"unrecognized configuration parameter", kWrongParameter},
    {"invalid ", kWrongParameter},
});

const Row& RowOf(std::string_view sql_state) {
  const Row* row = kRows.begin();
  while (!sql_state.starts_with(row->state)) ++row;  // The last one always fits.
  return *row;
}

/// libpq's advice stands in a line of its own.
std::string OneLine(std::string_view lines) {
  std::string text;
  for (const char c : lines) {
    if (c != '\n' && c != '\t') {
      text += c;
    } else if (!text.ends_with(' ')) {
      text += ' ';
    }
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace

Status RefusedStatus(std::string_view message) {
  for (const Refusal& refusal : kRefusals) {
    if (message.find(refusal.words) != std::string_view::npos) {
      return ToStatus(refusal.state, message);
    }
  }
  return ToStatus("", message);
}

Status ToStatus(std::string_view sql_state, std::string_view lines) {
  const std::string message = OneLine(lines);
  if (sql_state.empty()) {
    return Status(Code::kIo, fmt::format("database: {}", message)).WithRetry(Retry::kLater);
  }
  const Row* const row = &RowOf(sql_state);
  std::string text = fmt::format("database: {} (SQLSTATE {})", message, sql_state);
  if (!row->advice.empty()) text += fmt::format("; {}", row->advice);
  return Status(row->code, std::move(text)).WithRetry(row->retry).With(kStateContext, sql_state);
}

bool IsFull(const Status& status) { return status.Context(kStateContext) == kTooManyConnections; }
bool IsReadOnly(const Status& status) { return status.Context(kStateContext) == kReadOnly; }

}  // namespace tarn::kv::postgres
