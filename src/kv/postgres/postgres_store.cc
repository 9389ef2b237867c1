#include "kv/postgres/postgres_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/blocking.h"
#include "kv/postgres/grouped_requests.h"
#include "kv/postgres/page_iterator.h"

namespace tarn::kv::postgres {
namespace {

/// Both lie in one entry of a B-tree, of which the server takes 2,704 bytes with its headers.
constexpr Traits kTraits = {.partition_bytes_max = 1536,
                            .key_bytes_max = 1128,
                            .scans = ScanKind::kPaged,
                            .shared = true,
                            .reads_wait = true};

/// A transaction of SetMany.
constexpr size_t kBatchWritesMax = 500;
constexpr size_t kBatchBytesMax = 4 << 20;
/// A transaction of Drop, in text.
constexpr std::string_view kDropRows = "2000";
constexpr int64_t kListMs = 600'000;

/// A write of one key: its statement and parameters, which borrow from the caller.
struct Change {
  Verb verb = Verb::kSet;
  std::vector<Parameter> parameters;
};

Change SettingOf(std::string_view partition, std::string_view key, std::string_view value,
                 const Predicate* predicate) {
  Change change{Verb::kSet, {{partition}, {key}, {value}}};
  if (predicate == nullptr) return change;
  switch (predicate->kind()) {
    case Predicate::Kind::kAbsent:
      change.verb = Verb::kSetAbsent;
      break;
    case Predicate::Kind::kPresent:
      change.verb = Verb::kSetPresent;
      break;
    case Predicate::Kind::kEquals:
      change.verb = Verb::kSetEquals;
      change.parameters.push_back({predicate->value()});
  }
  return change;
}

class PostgresStore final : public Store {
 public:
  PostgresStore(std::unique_ptr<Session> session, size_t page_rows)
      : session_(std::move(session)), grouped_(*session_), page_rows_(page_rows) {}

  const Traits& traits() const override { return kTraits; }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(CheckKey(kTraits, partition, key));
    TARN_TRY(RequireBlocking());
    return grouped_.Get(partition, key);
  }

  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, value));
    const Change change = SettingOf(partition, key, value, nullptr);
    return grouped_.Write({change.verb, change.parameters});
  }

  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, value));
    return Make(SettingOf(partition, key, value, &predicate), /*must_change=*/true);
  }

  std::vector<Status> SetMany(std::string_view partition, std::span<const Put> puts) override;

  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, {}));
    return Make({Verb::kDelete, {{partition}, {key}}}, /*must_change=*/false);
  }

  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    TARN_TRY(CheckWrite(kTraits, partition, key, {}));
    switch (predicate.kind()) {
      case Predicate::Kind::kAbsent: {
        TARN_TRY_ASSIGN(const auto found, Get(partition, key));
        return found ? PredicateFailed() : Status();
      }
      case Predicate::Kind::kPresent:
        return Make({Verb::kDelete, {{partition}, {key}}}, /*must_change=*/true);
      case Predicate::Kind::kEquals:
        break;
    }
    return Make({Verb::kDeleteEquals, {{partition}, {key}, {predicate.value()}}},
                /*must_change=*/true);
  }

  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(kTraits, partition));
    TARN_TRY(RequireBlocking());
    return IteratorPtr(std::make_unique<PageIterator>(*session_, partition, prefix, page_rows_));
  }

  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(kTraits, partition));
    TARN_TRY(RequireBlocking());
    const std::string end = PrefixEnd(prefix);
    std::string from(prefix);
    for (;;) {
      const Parameter parameters[] = {
          {partition}, {from}, {kDropRows, Parameter::Kind::kNumber}, {end}};
      const Query query = end.empty() ? Query{Verb::kDrop, std::span(parameters, 3)}
                                      : Query{Verb::kDropTo, parameters};
      TARN_TRY_ASSIGN(const auto answers, session_->Write(std::span(&query, 1)));
      if (answers.front().rows() == 0) return {};
      // What others write behind it meanwhile keeps this from no end.
      from = std::string(answers.front().Value(0, kLastKeyColumn)) + '\0';
    }
  }

  Result<std::vector<std::string>> ListPartitions() override {
    TARN_TRY(RequireBlocking());
    TARN_TRY_ASSIGN(const Answer found, session_->Read({Verb::kPartitions}, kListMs));
    std::vector<std::string> names;
    for (int row = 0; row < found.rows(); ++row) names.emplace_back(found.Value(row, 0));
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  Status Make(const Change& change, bool must_change) {
    const Query query = {change.verb, change.parameters};
    TARN_TRY_ASSIGN(const auto answers, session_->Write(std::span(&query, 1)));
    return must_change && answers.front().rows() == 0 ? PredicateFailed() : Status();
  }

  /// The changes with these numbers, of which `puts` has the keys, in one transaction.
  void MakeBatch(std::span<const size_t> numbers, const std::vector<Change>& changes,
                 std::vector<Status>* results);

  const std::unique_ptr<Session> session_;
  GroupedRequests grouped_;
  const size_t page_rows_;
};

std::vector<Status> PostgresStore::SetMany(std::string_view partition, std::span<const Put> puts) {
  std::vector<Status> results(puts.size());
  std::vector<Change> changes(puts.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < puts.size(); ++i) {
    results[i] = CheckWrite(kTraits, partition, puts[i].key, puts[i].value);
    if (!results[i].ok()) continue;
    changes[i] = SettingOf(partition, puts[i].key, puts[i].value, puts[i].predicate);
    order.push_back(i);
  }
  // Transactions that lock their keys in one order do not wait for each other in a circle; those of
  // one key stay as they were.
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return puts[a].key < puts[b].key; });
  for (size_t begin = 0, end = 0, bytes = 0; begin < order.size(); begin = end, bytes = 0) {
    while (end < order.size() && end - begin < kBatchWritesMax && bytes < kBatchBytesMax) {
      bytes += puts[order[end++]].value.size();
    }
    MakeBatch(std::span(order).subspan(begin, end - begin), changes, &results);
  }
  return results;
}

void PostgresStore::MakeBatch(std::span<const size_t> numbers, const std::vector<Change>& changes,
                              std::vector<Status>* results) {
  std::vector<Query> queries;
  for (const size_t i : numbers) queries.push_back({changes[i].verb, changes[i].parameters});
  const auto answers = session_->Write(queries);
  for (size_t at = 0; at < numbers.size(); ++at) {
    Status& result = (*results)[numbers[at]];
    result = answers.status();
    if (answers.ok() && (*answers)[at].rows() == 0) result = PredicateFailed();
  }
}

}  // namespace

Result<std::unique_ptr<Store>> Open(const Options& options) {
  TARN_TRY_ASSIGN(auto session, Session::Make(options));
  TARN_TRY(session->MakeTable());
  return std::unique_ptr<Store>(
      std::make_unique<PostgresStore>(std::move(session), options.page_rows));
}

Result<std::vector<Check>> Examine(const Options& options) {
  TARN_TRY_ASSIGN(const auto session, Session::Make(options));
  const Deadline deadline(options.statement_ms);
  TARN_TRY_ASSIGN(const Pool::Lease connection, session->pool().Take(deadline));
  return ExamineTable(*connection.operator->(), session->settings().table, deadline);
}

}  // namespace tarn::kv::postgres
