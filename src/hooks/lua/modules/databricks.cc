// Module `databricks`: schemas and external tables of a Unity catalog.
#include <algorithm>

#include "codec/url.h"
#include "codec/utf8.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/modules/remote.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kTableNameBytesMax = 255;
constexpr std::chrono::seconds kPollEvery{1};

struct Asked {
  Json document;
  Status failure;  ///< What the server says.
  std::string code;
};

/// Asks the server that the client was made for: host and token.
Result<Asked> Ask(Call& call, std::string_view method, const std::string& path,
                  const Json* input = nullptr) {
  std::string base(call.Captured(0));
  if (base.find("://") == std::string::npos) base = "https://" + base;
  while (base.ends_with('/')) base.pop_back();
  Network::Request request{.method = std::string(method), .url = base + path, .headers = {}};
  request.headers.emplace_back("Authorization", "Bearer " + std::string(call.Captured(1)));
  request.has_body = input != nullptr;
  if (input != nullptr) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = ToJsonText(*input);
  }
  TARN_TRY_ASSIGN(const Network::Answer answer, Send(call, std::move(request)));
  Asked asked;
  auto document = ParseJson(answer.body);
  if (document.ok()) asked.document = *std::move(document);
  if (answer.status >= 200 && answer.status < 300) return asked;
  asked.code = asked.document.StringAt("error_code").value_or("");
  asked.failure = Status(Code::kIo, std::string(asked.document.StringAt("message").value_or(
                                        "status " + std::to_string(answer.status))));
  return asked;
}

/// create_schema(name, catalog, get_if_exists)
Status CreateSchema(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view name, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view catalog, call.Text(2));
  const Json input(Json::Object{{"catalog_name", Json(catalog)}, {"name", Json(name)}});
  TARN_TRY_ASSIGN(Asked asked, Ask(call, "POST", "/api/2.1/unity-catalog/schemas", &input));
  if (asked.code == "SCHEMA_ALREADY_EXISTS" && call.IsTrue(3)) {
    const std::string full = std::string(catalog) + "." + std::string(name);
    TARN_TRY_ASSIGN(asked,
                    Ask(call, "GET", "/api/2.1/unity-catalog/schemas/" + EscapePathSegment(full)));
    if (!asked.failure.ok()) {
      return std::move(asked.failure).Prefixed("failed getting schema " + Quote(name) + ": ");
    }
  }
  if (!asked.failure.ok()) {
    return std::move(asked.failure).Prefixed("failed creating schema " + Quote(name) + ": ");
  }
  call.ReturnText(asked.document.StringAt("name").value_or(name));
  return {};
}

struct Statement {
  std::string sql;
  std::string_view warehouse, catalog, schema;
};

std::string StateOf(const Json& document) {
  const Json* const status = document.Find("status");
  return status == nullptr ? "" : std::string(status->StringAt("state").value_or(""));
}

/// Runs a statement to its end; the state, or what it failed with.
Result<std::string> Execute(Call& call, const Statement& statement) {
  const Json input(Json::Object{{"catalog", Json(statement.catalog)},
                                {"schema", Json(statement.schema)},
                                {"statement", Json(statement.sql)},
                                {"warehouse_id", Json(statement.warehouse)}});
  const std::string path = "/api/2.0/sql/statements/";
  TARN_TRY_ASSIGN(Asked asked, Ask(call, "POST", path, &input));
  while (asked.failure.ok() &&
         (StateOf(asked.document) == "PENDING" || StateOf(asked.document) == "RUNNING")) {
    const std::string id(asked.document.StringAt("statement_id").value_or(""));
    call.host().Sleep(kPollEvery);
    if (call.host().MustStop()) return Status(Code::kCancelled);
    TARN_TRY_ASSIGN(asked, Ask(call, "GET", path + EscapePathSegment(id)));
  }
  TARN_TRY(asked.failure);
  const std::string state = StateOf(asked.document);
  if (state == "SUCCEEDED" || state == "CLOSED") return state;
  const Json* const status = asked.document.Find("status");
  const Json* const error = status == nullptr ? nullptr : status->Find("error");
  std::string text = "execute statement failed: " +
                     Quote(std::string(statement.warehouse) + "." + std::string(statement.catalog) +
                           "." + std::string(statement.schema)) +
                     " statement: " + Quote(statement.sql) + " " + state;
  if (error != nullptr) {
    text.append(": ").append(error->StringAt("error_code").value_or(""));
    text.append(" ").append(error->StringAt("message").value_or(""));
  }
  return Status(Code::kIo, std::move(text));
}

/// execute_statement(sql, warehouse, catalog, schema)
Status ExecuteStatement(Call& call) {
  Statement statement;
  TARN_TRY_ASSIGN(statement.sql, call.Text(1));
  TARN_TRY_ASSIGN(statement.warehouse, call.Text(2));
  TARN_TRY_ASSIGN(statement.catalog, call.Text(3));
  TARN_TRY_ASSIGN(statement.schema, call.Text(4));
  TARN_TRY_ASSIGN(std::string state, Execute(call, statement));
  call.Return(std::move(state));
  return {};
}

bool IsTableName(std::string_view name) {
  return name.size() <= kTableNameBytesMax && std::all_of(name.begin(), name.end(), [](char c) {
           return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
         });
}

/// A text of SQL, in quotes.
std::string SqlText(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "'";
}

/// register_external_table(table, location, warehouse, catalog, schema[, metadata]); a table of
/// that name is replaced.
Status RegisterTable(Call& call) {
  Statement statement;
  TARN_TRY_ASSIGN(const std::string_view given, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view location, call.Text(2));
  TARN_TRY_ASSIGN(statement.warehouse, call.Text(3));
  TARN_TRY_ASSIGN(statement.catalog, call.Text(4));
  TARN_TRY_ASSIGN(statement.schema, call.Text(5));
  std::string_view description;
  Json metadata;
  if (!call.IsNil(6)) {
    TARN_TRY_ASSIGN(metadata, call.Table(6));
    description = metadata.StringAt("description").value_or("");
  }
  std::string table(given);
  std::replace(table.begin(), table.end(), '-', '_');
  const std::string prefix = "external table " + Quote(table) + " creation failed: ";
  if (!IsTableName(table)) return {Code::kInvalidValue, prefix + "invalid table name"};
  const auto uri = ParseRequestUri(location);
  if (!uri.ok()) return uri.status().Prefixed(prefix);
  statement.sql = "CREATE EXTERNAL TABLE " + table + " LOCATION " + SqlText(location);
  if (!description.empty()) statement.sql += " COMMENT " + SqlText(description);
  auto state = Execute(call, statement);
  if (!state.ok() && state.status().message().find("already exists") != std::string_view::npos) {
    const std::string full =
        std::string(statement.catalog) + "." + std::string(statement.schema) + "." + table;
    TARN_TRY_ASSIGN(Asked asked, Ask(call, "DELETE",
                                     "/api/2.1/unity-catalog/tables/" + EscapePathSegment(full)));
    if (!asked.failure.ok()) return std::move(asked.failure).Prefixed(prefix);
    state = Execute(call, statement);
  }
  if (!state.ok()) return std::move(state).status().Prefixed(prefix);
  call.Return(*std::move(state));
  return {};
}

constexpr Function kClient[] = {
    {"create_schema", Native<CreateSchema>},
    {"execute_statement", Native<ExecuteStatement>},
    {"register_external_table", Native<RegisterTable>},
};

Status MakeClient(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view host, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view token, call.Text(2));
  call.ReturnFunctions(kClient, {std::string(host), std::string(token)});
  return {};
}

constexpr Function kFunctions[] = {{"client", Native<MakeClient>}};

}  // namespace

std::span<const Function> DatabricksModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
