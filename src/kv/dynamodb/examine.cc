#include "kv/dynamodb/examine.h"

#include <string>
#include <utility>

#include "fmt/format.h"
#include "kv/dynamodb/items.h"
#include "kv/dynamodb/table.h"

namespace tarn::kv::dynamodb {
namespace {

constexpr std::string_view kPartition = "tarn-doctor";

Status LookAtTable(const Result<std::string>& state, std::string_view table) {
  if (state.code() == Code::kNotFound) {
    return {Code::kNotFound, fmt::format("there is no table {}: the first start makes it", table)};
  }
  TARN_TRY(state.status());
  if (IsReady(*state)) return {};
  return {Code::kIo, fmt::format("table {} is {}", table, *state)};
}

/// That the condition of a write does not hold is what should be heard.
Status Refused(const Status& written) {
  return written.code() == Code::kPredicateFailed ? Status() : written;
}

}  // namespace

Result<std::vector<Check>> ExamineTable(Connection& connection, Random& random) {
  const std::string& table = connection.table;
  const auto state = StateOf(connection);
  const bool answers =
      state.ok() || state.code() == Code::kNotFound || state.code() == Code::kUnsupported;
  if (!answers) return state.status();
  std::vector<Check> checks = {{"table", LookAtTable(state, table)}};
  if (!checks.back().status.ok()) return checks;

  const std::string key = NewUuid(random), value = NewUuid(random);
  const Predicate never = Predicate::Equals(value);
  const PageQuery query{.partition = kPartition, .from = key, .to = key};
  const std::vector<BatchWrite> removal = {{key, std::nullopt}};
  const auto call = [&](std::string_view operation, const std::string& body) {
    return ToStatus(connection.Call(operation, body));
  };
  checks.push_back({"GetItem", call("GetItem", GetBody(table, kPartition, key))});
  checks.push_back({"Query", call("Query", QueryBody(table, query))});
  checks.push_back(
      {"PutItem", Refused(call("PutItem", PutBody(table, kPartition, key, value, &never)))});
  checks.push_back(
      {"DeleteItem", Refused(call("DeleteItem", DeleteBody(table, kPartition, key, &never)))});
  checks.push_back(
      {"BatchWriteItem", call("BatchWriteItem", BatchBody(table, kPartition, removal))});
  return checks;
}

}  // namespace tarn::kv::dynamodb
