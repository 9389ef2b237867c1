#include "kv/dynamodb/table.h"

#include <array>
#include <utility>

#include "fmt/format.h"

namespace tarn::kv::dynamodb {
namespace {

struct KeyAttribute {
  std::string_view name, kind;
};
/// All are binary.
constexpr std::array<KeyAttribute, 2> kKey = {{{"PartitionKey", "HASH"}, {"ItemKey", "RANGE"}}};

std::string CreateBody(std::string_view table) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("TableName", table).Field("BillingMode", "PAY_PER_REQUEST");
  json.Key("AttributeDefinitions").BeginArray();
  for (const KeyAttribute& attribute : kKey) {
    json.BeginObject().Field("AttributeName", attribute.name).Field("AttributeType", "B");
    json.EndObject();
  }
  json.EndArray().Key("KeySchema").BeginArray();
  for (const KeyAttribute& attribute : kKey) {
    json.BeginObject().Field("AttributeName", attribute.name).Field("KeyType", attribute.kind);
    json.EndObject();
  }
  json.EndArray().EndObject();
  return body;
}

/// Whether a list of objects has one with these two properties.
bool Lists(const Json* list, std::string_view name, std::string_view property,
           std::string_view value) {
  if (list == nullptr || !list->is_array()) return false;
  for (const Json& row : list->items()) {
    if (row.StringAt("AttributeName") == name && row.StringAt(property) == value) return true;
  }
  return false;
}

/// What is told of a table: "ACTIVE", or how far it is.
Result<std::string> ReadState(const Json& answer, std::string_view table) {
  const Json* const told = answer.Find("Table");
  const auto state = told == nullptr ? std::nullopt : told->StringAt("TableStatus");
  if (!state) return Status(Code::kIo, "DynamoDB DescribeTable: the answer is malformed");
  for (const KeyAttribute& attribute : kKey) {
    if (!Lists(told->Find("KeySchema"), attribute.name, "KeyType", attribute.kind) ||
        !Lists(told->Find("AttributeDefinitions"), attribute.name, "AttributeType", "B")) {
      return Status(Code::kUnsupported,
                    fmt::format("table {} of DynamoDB has other keys than PartitionKey and "
                                "ItemKey, both binary: it holds something else; name another one "
                                "in database.dynamodb.table_name",
                                table));
    }
  }
  return std::string(*state);
}

}  // namespace

std::string DescribeBody(std::string_view table) {
  std::string body;
  JsonWriter(&body).BeginObject().Field("TableName", table).EndObject();
  return body;
}

Result<std::string> StateOf(Connection& connection) {
  TARN_TRY_ASSIGN(const Json answer,
                  connection.Call("DescribeTable", DescribeBody(connection.table)));
  return ReadState(answer, connection.table);
}

bool IsReady(std::string_view state) { return state == "ACTIVE" || state == "UPDATING"; }

Status OpenTable(Connection& connection, const TableWait& wait, Clock& clock,
                 const std::function<void(int64_t us)>& sleep) {
  const std::string& table = connection.table;
  const int64_t end_ms = clock.MonotonicMs() + wait.timeout_ms;
  std::string state = "absent";
  for (bool is_made = false;;) {
    auto told = StateOf(connection);
    if (told.ok()) {
      state = *std::move(told);
      if (IsReady(state)) return {};
    } else if (told.code() != Code::kNotFound) {
      return std::move(told).status();
    } else if (!std::exchange(is_made, true)) {
      const Status made = ToStatus(connection.Call("CreateTable", CreateBody(table)));
      // Another server was first.
      if (!made.ok() && made.code() != Code::kAlreadyExists) return made;
    }
    if (clock.MonotonicMs() >= end_ms) break;
    sleep(wait.poll_ms * 1000);
  }
  return {Code::kIo, fmt::format("table {} of DynamoDB is not ready after {} ms: it is {}; start "
                                 "again when it is active",
                                 table, wait.timeout_ms, state)};
}

}  // namespace tarn::kv::dynamodb
