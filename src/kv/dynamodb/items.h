// The items of the table as DynamoDB's JSON has them: bodies of requests, and what answers say.
// Level 3; pure functions.
//
// A record is one item with three attributes, all binary: PartitionKey and ItemKey, which are the
// key of the table, and ItemValue. Source of the layout: docs/formats/kv.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "kv/store.h"

namespace tarn::kv::dynamodb {

/// Most writes of one BatchWriteItem.
inline constexpr size_t kBatchWritesMax = 25;

/// GetItem, consistent.
std::string GetBody(std::string_view table, std::string_view partition, std::string_view key);
/// PutItem; `predicate` may be null.
std::string PutBody(std::string_view table, std::string_view partition, std::string_view key,
                    std::string_view value, const Predicate* predicate);
/// DeleteItem; `predicate` may be null.
std::string DeleteBody(std::string_view table, std::string_view partition, std::string_view key,
                       const Predicate* predicate);

/// The value of an answer to GetItem, nothing if there is no such item. kIo for an answer that is
/// none, kCorrupt for an item that is no record.
Result<std::optional<std::string>> ReadItem(const Json& answer);

enum class Part : uint8_t { kWhole, kKeys };

/// One page of a partition, in order of keys, consistent.
struct PageQuery {
  std::string_view partition;
  std::string_view from;               ///< First key; empty: from the beginning.
  std::string_view to;                 ///< Last key; empty: to the end. Not before `from`.
  std::optional<std::string> after{};  ///< Where the page before ended.
  int64_t limit = 1;
  Part part = Part::kWhole;
};
std::string QueryBody(std::string_view table, const PageQuery& query);

struct Record {
  std::string key, value;
};
struct Page {
  std::vector<Record> records;       ///< Values are empty where keys were asked for.
  std::optional<std::string> after;  ///< There may be more behind this key.
};
/// Failures as of ReadItem.
Result<Page> ReadPage(const Json& answer, Part part);

/// One write of a batch.
struct BatchWrite {
  std::string_view key;
  std::optional<std::string_view> value;  ///< Nothing: the item is removed.
};
/// BatchWriteItem. REQUIRES different keys, at most kBatchWritesMax.
std::string BatchBody(std::string_view table, std::string_view partition,
                      std::span<const BatchWrite> writes);
/// Keys of the writes that were not made. kIo for an answer that is none.
Result<std::vector<std::string>> ReadUnprocessed(const Json& answer, std::string_view table);

/// Keys of the whole table.
struct KeyPage {
  std::vector<std::string> partitions;  ///< One for each item.
  std::string after;                    ///< As a request takes it; empty: that was all.
};
/// Scan, consistent; `after` is that of the page before.
std::string ScanBody(std::string_view table, const std::string& after);
Result<KeyPage> ReadKeys(const Json& answer);

}  // namespace tarn::kv::dynamodb
