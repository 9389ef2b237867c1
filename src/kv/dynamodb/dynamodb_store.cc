#include "kv/dynamodb/dynamodb_store.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/blocking.h"
#include "kv/dynamodb/connection.h"
#include "kv/dynamodb/examine.h"
#include "kv/dynamodb/health_check.h"
#include "kv/dynamodb/items.h"
#include "kv/dynamodb/limits.h"
#include "kv/dynamodb/pages.h"

namespace tarn::kv::dynamodb {
namespace {

class ScanIterator final : public Iterator {
 public:
  ScanIterator(Connection& connection, std::string_view partition, std::string_view prefix)
      : pages_(connection, partition, prefix, Part::kWhole) {}

  Status Seek(std::string_view target) override {
    pages_.Seek(target);
    return Fetch();
  }
  Status Next() override { return ++at_ < page_.size() ? Status() : Fetch(); }
  bool Valid() const override { return at_ < page_.size(); }
  std::string_view key() const override { return page_[at_].key; }
  const std::string_view& value() const override { return value_ = page_[at_].value; }

 private:
  Status Fetch() {
    page_.clear();
    at_ = 0;
    TARN_TRY_ASSIGN(page_, pages_.Next());
    return {};
  }

  Pages pages_;
  std::vector<Record> page_;
  size_t at_ = 0;
  mutable std::string_view value_;
};

class DynamoDbStore final : public Store {
 public:
  DynamoDbStore(std::unique_ptr<Connection> connection, int64_t health_check_interval_ms)
      : connection_(std::move(connection)) {
    if (health_check_interval_ms > 0) {
      health_check_ = std::make_unique<HealthCheck>(*connection_, health_check_interval_ms);
    }
  }

  const Traits& traits() const override { return kTraits; }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(CheckKey(kTraits, partition, key));
    TARN_TRY_ASSIGN(const Json answer,
                    connection_->Call("GetItem", GetBody(table(), partition, key)));
    return ReadItem(answer);
  }

  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, value));
    return Write("PutItem", PutBody(table(), partition, key, value, nullptr));
  }

  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, value));
    return WriteIf("PutItem", PutBody(table(), partition, key, value, &predicate));
  }

  std::vector<Status> SetMany(std::string_view partition, std::span<const Put> puts) override;

  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, {}));
    return Write("DeleteItem", DeleteBody(table(), partition, key, nullptr));
  }

  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, {}));
    return WriteIf("DeleteItem", DeleteBody(table(), partition, key, &predicate));
  }

  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(kTraits, partition));
    return IteratorPtr(std::make_unique<ScanIterator>(*connection_, partition, prefix));
  }

  Status Drop(std::string_view partition, std::string_view prefix) override;
  Result<std::vector<std::string>> ListPartitions() override;

 private:
  const std::string& table() const { return connection_->table; }
  Status Write(std::string_view operation, const std::string& body) {
    return ToStatus(connection_->Call(operation, body));
  }
  Status WriteIf(std::string_view operation, const std::string& body);
  /// Makes writes with different keys, at most kBatchWritesMax; takes out those that were made.
  Status WriteBatch(std::string_view partition, std::vector<BatchWrite>* writes);

  const std::unique_ptr<Connection> connection_;  // with a place of its own
  std::unique_ptr<HealthCheck> health_check_;
};

Status DynamoDbStore::WriteIf(std::string_view operation, const std::string& body) {
  bool in_doubt = false;
  Status written = connection_->retrier.Call(
      [&] { return ToStatus(connection_->client.Call(operation, body, &in_doubt)); });
  if (written.ok()) return {};
  if (in_doubt) {
    return {Code::kIo, "DynamoDB " + std::string(operation) + " of " + table() +
                           ": an answer was lost, and whether the write was made is not known (" +
                           std::string(written.message()) + ")"};
  }
  return written.code() == Code::kPredicateFailed ? PredicateFailed() : written;
}

Status DynamoDbStore::WriteBatch(std::string_view partition, std::vector<BatchWrite>* writes) {
  return connection_->retrier.Call([&]() -> Status {
    TARN_TRY_ASSIGN(
        const Json answer,
        connection_->client.Call("BatchWriteItem", BatchBody(table(), partition, *writes)));
    TARN_TRY_ASSIGN(const auto keys, ReadUnprocessed(answer, table()));
    const std::set<std::string, std::less<>> left(keys.begin(), keys.end());
    std::erase_if(*writes, [&](const BatchWrite& write) { return !left.contains(write.key); });
    if (writes->empty()) return {};
    return {Code::kSlowDown, "DynamoDB BatchWriteItem of " + table() + ": " +
                                 std::to_string(writes->size()) + " writes were put off"};
  });
}

/// In order: a batch ends before a condition, and before a key that it has already.
std::vector<Status> DynamoDbStore::SetMany(std::string_view partition, std::span<const Put> puts) {
  std::vector<Status> results(puts.size());
  std::vector<BatchWrite> batch;
  std::vector<size_t> places;  // of the batch's writes
  std::set<std::string_view> keys;
  const auto flush = [&] {
    const Status written = batch.empty() ? Status() : WriteBatch(partition, &batch);
    // What is left in the batch was not made.
    std::set<std::string_view> left;
    for (const BatchWrite& write : batch) left.insert(write.key);
    for (const size_t at : places) {
      if (left.contains(puts[at].key)) results[at] = written;
    }
    batch.clear();
    places.clear();
    keys.clear();
  };
  for (size_t i = 0; i < puts.size(); ++i) {
    const Put& put = puts[i];
    results[i] = CheckWrite(kTraits, partition, put.key, put.value);
    if (!results[i].ok()) continue;
    if (put.predicate != nullptr) {
      flush();
      results[i] = SetIf(partition, put.key, put.value, *put.predicate);
      continue;
    }
    if (batch.size() == kBatchWritesMax || keys.contains(put.key)) flush();
    batch.push_back({put.key, put.value});
    places.push_back(i);
    keys.insert(put.key);
  }
  flush();
  return results;
}

Status DynamoDbStore::Drop(std::string_view partition, std::string_view prefix) {
  TARN_TRY(CheckPartition(kTraits, partition));
  TARN_TRY(RequireBlocking());
  Pages pages(*connection_, partition, prefix, Part::kKeys);
  pages.Seek(prefix);
  for (;;) {
    TARN_TRY_ASSIGN(const auto records, pages.Next());
    if (records.empty()) return {};
    for (size_t begin = 0; begin < records.size(); begin += kBatchWritesMax) {
      std::vector<BatchWrite> batch;
      const size_t end = std::min(begin + kBatchWritesMax, records.size());
      for (size_t i = begin; i < end; ++i) batch.push_back({records[i].key, std::nullopt});
      TARN_TRY(WriteBatch(partition, &batch));
    }
  }
}

Result<std::vector<std::string>> DynamoDbStore::ListPartitions() {
  std::set<std::string> names;
  std::string after;
  do {
    TARN_TRY_ASSIGN(const Json answer, connection_->Call("Scan", ScanBody(table(), after)));
    TARN_TRY_ASSIGN(KeyPage page, ReadKeys(answer));
    for (std::string& partition : page.partitions) names.insert(std::move(partition));
    after = std::move(page.after);
  } while (!after.empty());
  return std::vector<std::string>(names.begin(), names.end());
}

/// In whole seconds.
int64_t CredentialWindow(const Options& options, Random& random) {
  constexpr double kChances = 1 << 20;
  const double chance = static_cast<double>(random.Next64() % (1 << 20)) / kChances;
  const auto window_ms = static_cast<double>(options.credential_window_ms);
  return static_cast<int64_t>(window_ms * (1 - chance * options.credential_window_jitter) / 1000);
}

Result<std::unique_ptr<Connection>> Connect(
    const Options& options, std::unique_ptr<http::aws::CredentialSource> credentials, Clock& clock,
    Random& random) {
  TARN_TRY_ASSIGN(Endpoint endpoint, EndpointOf(options.url, options.region));
  return std::unique_ptr<Connection>(
      new Connection{Client({std::move(endpoint), options.region, options.table,
                             options.connections_max, options.transport},
                            std::move(credentials), CredentialWindow(options, random), clock),
                     Retrier(options.retry, random), options.table, options.page_records_max});
}

}  // namespace

bool IsTableName(std::string_view name) {
  constexpr size_t kLeast = 3, kMost = 255;
  return name.size() >= kLeast && name.size() <= kMost &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-' || c == '.';
         });
}

Result<std::unique_ptr<Store>> Open(Options options,
                                    std::unique_ptr<http::aws::CredentialSource> credentials,
                                    Clock& clock, Random& random) {
  TARN_TRY_ASSIGN(auto connection, Connect(options, std::move(credentials), clock, random));
  TARN_TRY(OpenTable(*connection, options.table_wait, clock, options.retry.sleep));
  return std::unique_ptr<Store>(
      std::make_unique<DynamoDbStore>(std::move(connection), options.health_check_interval_ms));
}

Result<std::vector<Check>> Examine(Options options,
                                   std::unique_ptr<http::aws::CredentialSource> credentials,
                                   Clock& clock, Random& random) {
  // Somebody waits for it at a terminal.
  constexpr int kAttemptsMax = 3;
  options.retry.attempts_max = std::min(options.retry.attempts_max, kAttemptsMax);
  TARN_TRY_ASSIGN(const auto connection, Connect(options, std::move(credentials), clock, random));
  return ExamineTable(*connection, random);
}

}  // namespace tarn::kv::dynamodb
