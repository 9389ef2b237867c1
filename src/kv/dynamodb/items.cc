#include "kv/dynamodb/items.h"

#include <array>
#include <utility>

#include "codec/base64.h"

namespace tarn::kv::dynamodb {
namespace {

constexpr std::string_view kPartitionKey = "PartitionKey", kItemKey = "ItemKey",
                           kItemValue = "ItemValue";

Status Malformed(std::string_view what) {
  return {Code::kIo, "DynamoDB: the answer is malformed: " + std::string(what)};
}
Status NoRecord(std::string_view what) {
  return {Code::kCorrupt, "DynamoDB: an item of the table is no record: " + std::string(what)};
}

void WriteBinary(JsonWriter* json, std::string_view bytes) {
  json->BeginObject().Field("B", EncodeBase64(bytes)).EndObject();
}
/// An empty value is null, as the reference writes it.
void WriteValue(JsonWriter* json, std::string_view value) {
  if (!value.empty()) return WriteBinary(json, value);
  json->BeginObject().Field("NULL", true).EndObject();
}

void WriteKey(JsonWriter* json, std::string_view partition, std::string_view key) {
  json->BeginObject();
  WriteBinary(&json->Key(kPartitionKey), partition);
  WriteBinary(&json->Key(kItemKey), key);
  json->EndObject();
}
void WriteItem(JsonWriter* json, std::string_view partition, std::string_view key,
               std::string_view value) {
  json->BeginObject();
  WriteBinary(&json->Key(kPartitionKey), partition);
  WriteBinary(&json->Key(kItemKey), key);
  WriteValue(&json->Key(kItemValue), value);
  json->EndObject();
}

void WriteCondition(JsonWriter* json, const Predicate& predicate) {
  constexpr std::string_view kCondition = "ConditionExpression";
  if (predicate.kind() == Predicate::Kind::kAbsent) {
    json->Field(kCondition, "attribute_not_exists(ItemValue)");
  } else if (predicate.kind() == Predicate::Kind::kPresent) {
    json->Field(kCondition, "attribute_exists(ItemValue)");
  } else {
    const bool is_empty = predicate.value().empty();
    json->Field(kCondition, is_empty ? "ItemValue IN (:old, :empty)" : "ItemValue = :old");
    json->Key("ExpressionAttributeValues").BeginObject();
    WriteValue(&json->Key(":old"), predicate.value());
    // Either way of writing one counts.
    if (is_empty) WriteBinary(&json->Key(":empty"), "");
    json->EndObject();
  }
}

/// The bytes of a binary attribute; nothing if it is none.
std::optional<std::string> ReadBinary(const Json& item, std::string_view name) {
  const Json* const attribute = item.Find(name);
  const auto text = attribute == nullptr ? std::nullopt : attribute->StringAt("B");
  return text ? DecodeBase64(*text) : std::nullopt;
}

Result<std::string> ReadValue(const Json& item) {
  const Json* const attribute = item.Find(kItemValue);
  if (attribute == nullptr) return NoRecord("it has no ItemValue");
  if (attribute->BoolAt("NULL").value_or(false)) return std::string();
  auto value = ReadBinary(item, kItemValue);
  if (!value) return NoRecord("its ItemValue is not binary");
  return *std::move(value);
}

/// The array of that name.
Result<const Json::Array*> ItemsOf(const Json& answer) {
  const Json* const items = answer.Find("Items");
  if (items == nullptr || !items->is_array()) return Malformed("no Items");
  return &items->items();
}

/// Null where there is none.
Result<const Json*> LastKeyOf(const Json& answer) {
  const Json* const last = answer.Find("LastEvaluatedKey");
  if (last == nullptr || last->is_null()) return nullptr;
  if (!last->is_object()) return Malformed("LastEvaluatedKey");
  return last;
}

void WriteKeyCondition(JsonWriter* json, const PageQuery& query) {
  std::string condition = "PartitionKey = :partition";
  if (!query.from.empty() && !query.to.empty()) {
    condition += " AND ItemKey BETWEEN :from AND :to";
  } else if (!query.from.empty()) {
    condition += " AND ItemKey >= :from";
  } else if (!query.to.empty()) {
    condition += " AND ItemKey <= :to";
  }
  json->Field("KeyConditionExpression", condition);
  json->Key("ExpressionAttributeValues").BeginObject();
  WriteBinary(&json->Key(":partition"), query.partition);
  if (!query.from.empty()) WriteBinary(&json->Key(":from"), query.from);
  if (!query.to.empty()) WriteBinary(&json->Key(":to"), query.to);
  json->EndObject();
}

}  // namespace

std::string GetBody(std::string_view table, std::string_view partition, std::string_view key) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("TableName", table).Field("ConsistentRead", true);
  WriteKey(&json.Key("Key"), partition, key);
  json.EndObject();
  return body;
}

std::string PutBody(std::string_view table, std::string_view partition, std::string_view key,
                    std::string_view value, const Predicate* predicate) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("TableName", table);
  WriteItem(&json.Key("Item"), partition, key, value);
  if (predicate != nullptr) WriteCondition(&json, *predicate);
  json.EndObject();
  return body;
}

std::string DeleteBody(std::string_view table, std::string_view partition, std::string_view key,
                       const Predicate* predicate) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("TableName", table);
  WriteKey(&json.Key("Key"), partition, key);
  if (predicate != nullptr) WriteCondition(&json, *predicate);
  json.EndObject();
  return body;
}

Result<std::optional<std::string>> ReadItem(const Json& answer) {
  const Json* const item = answer.Find("Item");
  if (item == nullptr || item->is_null()) return std::optional<std::string>();
  if (!item->is_object()) return Malformed("Item");
  TARN_TRY_ASSIGN(auto value, ReadValue(*item));
  return std::optional(std::move(value));
}

std::string QueryBody(std::string_view table, const PageQuery& query) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("TableName", table).Field("ConsistentRead", true);
  json.Field("Limit", query.limit);
  WriteKeyCondition(&json, query);
  if (query.part == Part::kKeys) json.Field("ProjectionExpression", kItemKey);
  if (query.after) WriteKey(&json.Key("ExclusiveStartKey"), query.partition, *query.after);
  json.EndObject();
  return body;
}

Result<Page> ReadPage(const Json& answer, Part part) {
  TARN_TRY_ASSIGN(const Json::Array* const items, ItemsOf(answer));
  Page page;
  page.records.reserve(items->size());
  for (const Json& item : *items) {
    auto key = ReadBinary(item, kItemKey);
    if (!key || key->empty()) return Malformed("an item has no ItemKey");
    Record& record = page.records.emplace_back(Record{*std::move(key), {}});
    if (part == Part::kKeys) continue;
    TARN_TRY_ASSIGN(record.value, ReadValue(item));
  }
  TARN_TRY_ASSIGN(const Json* const last, LastKeyOf(answer));
  if (last == nullptr) return page;
  page.after = ReadBinary(*last, kItemKey);
  if (!page.after) return Malformed("LastEvaluatedKey");
  return page;
}

std::string BatchBody(std::string_view table, std::string_view partition,
                      std::span<const BatchWrite> writes) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Key("RequestItems").BeginObject().DataKey(table).BeginArray();
  for (const BatchWrite& write : writes) {
    json.BeginObject().Key(write.value ? "PutRequest" : "DeleteRequest").BeginObject();
    if (write.value) {
      WriteItem(&json.Key("Item"), partition, write.key, *write.value);
    } else {
      WriteKey(&json.Key("Key"), partition, write.key);
    }
    json.EndObject().EndObject();
  }
  json.EndArray().EndObject().EndObject();
  return body;
}

Result<std::vector<std::string>> ReadUnprocessed(const Json& answer, std::string_view table) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kWrites = {
      {{"PutRequest", "Item"}, {"DeleteRequest", "Key"}}};
  std::vector<std::string> keys;
  const Json* const tables = answer.Find("UnprocessedItems");
  if (tables == nullptr || !tables->is_object()) return Malformed("no UnprocessedItems");
  const Json* const writes = tables->Find(table);
  if (writes == nullptr) return keys;
  if (!writes->is_array()) return Malformed("UnprocessedItems");
  for (const Json& write : writes->items()) {
    std::optional<std::string> key;
    for (const auto& [kind, holder] : kWrites) {
      const Json* const request = write.Find(kind);
      const Json* const held = request == nullptr ? nullptr : request->Find(holder);
      if (held != nullptr) key = ReadBinary(*held, kItemKey);
    }
    if (!key) return Malformed("UnprocessedItems");
    keys.push_back(*std::move(key));
  }
  return keys;
}

std::string ScanBody(std::string_view table, const std::string& after) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("TableName", table).Field("ConsistentRead", true);
  json.Field("ProjectionExpression", kPartitionKey);
  if (!after.empty()) json.Key("ExclusiveStartKey").Raw(after);
  json.EndObject();
  return body;
}

Result<KeyPage> ReadKeys(const Json& answer) {
  TARN_TRY_ASSIGN(const Json::Array* const items, ItemsOf(answer));
  KeyPage page;
  for (const Json& item : *items) {
    auto partition = ReadBinary(item, kPartitionKey);
    if (!partition) return Malformed("an item has no PartitionKey");
    page.partitions.push_back(*std::move(partition));
  }
  TARN_TRY_ASSIGN(const Json* const last, LastKeyOf(answer));
  if (last != nullptr) page.after = ToJsonText(*last);
  return page;
}

}  // namespace tarn::kv::dynamodb
