#include "kv/postgres/session.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "kv/postgres/schema.h"

namespace tarn::kv::postgres {
namespace {

constexpr int64_t kPauseUsFirst = 2000;
constexpr int64_t kPauseUsMax = 500'000;
constexpr int64_t kMakingMs = 120'000;

/// Calls `attempt` until it does not fail in passing, or the deadline is over.
template <class Attempt>
auto Persist(const Deadline& deadline, Attempt&& attempt) -> decltype(attempt()) {
  for (int64_t pause_us = kPauseUsFirst;; pause_us = std::min(pause_us * 2, kPauseUsMax)) {
    auto done = attempt();
    if (done.retry() != Retry::kLater || deadline.RemainingMs() == 0) return done;
    TARN_LOG_DEBUG("database: another attempt after {}", ToStatus(std::move(done)).ToString());
    // Half of it by chance, so that those who got in each other's way do not meet again.
    SleepForUs(pause_us / 2 +
               static_cast<int64_t>(SystemRandom().Next64() % uint64_t(pause_us / 2)));
  }
}

/// The number of the transaction; empty if nothing was changed.
std::string TransactionOf(std::span<const Answer> answers) {
  for (const Answer& answer : answers) {
    if (answer.rows() > 0) return std::string(answer.Value(0, kTransactionColumn));
  }
  return {};
}

Status Unknown() {
  return Status(Code::kIo,
                "database: the connection was lost, and whether the write happened is not known")
      .WithRetry(Retry::kConflict);
}

}  // namespace

Session::Session(ConnectionSettings settings, const SessionOptions& options)
    : settings_(std::move(settings)),
      statements_(settings_.table),
      statement_ms_(options.statement_ms),
      pool_(settings_, statements_, options.pool) {}

Result<std::unique_ptr<Session>> Session::Make(const SessionOptions& options) {
  TARN_TRY_ASSIGN(ConnectionSettings settings, ReadConnectionString(options.connection_string));
  return std::unique_ptr<Session>(new Session(std::move(settings), options));
}

Status Session::MakeTable() {
  const Deadline deadline(statement_ms_);
  return Persist(deadline, [&]() -> Status {
    TARN_TRY_ASSIGN(const Pool::Lease connection, pool_.Take(deadline));
    return postgres::MakeTable(*connection.operator->(), settings_.table, Deadline(kMakingMs));
  });
}

Result<std::vector<Answer>> Session::Read(std::span<const Query> queries, int64_t statement_ms) {
  const Deadline deadline(statement_ms_);
  return Persist(deadline, [&]() -> Result<std::vector<Answer>> {
    TARN_TRY_ASSIGN(const Pool::Lease connection, pool_.Take(deadline));
    return connection->Run(queries, Deadline(statement_ms == 0 ? statement_ms_ : statement_ms));
  });
}

Result<Answer> Session::Read(const Query& query, int64_t statement_ms) {
  TARN_TRY_ASSIGN(auto answers, Read(std::span(&query, 1), statement_ms));
  return std::move(answers.front());
}

Result<std::vector<Answer>> Session::Write(std::span<const Query> queries) {
  const Deadline deadline(statement_ms_);
  std::vector<Query> steps = {{Verb::kBegin}};
  steps.insert(steps.end(), queries.begin(), queries.end());
  return Persist(deadline, [&] { return TryWrite(steps, deadline); });
}

Result<std::vector<Answer>> Session::TryWrite(std::span<const Query> steps,
                                              const Deadline& deadline) {
  static constexpr Query kCommit = {Verb::kCommit}, kRollback = {Verb::kRollback};
  std::vector<Answer> answers;
  {
    TARN_TRY_ASSIGN(const Pool::Lease connection, pool_.Take(deadline));
    auto answered = connection->Run(steps, Deadline(statement_ms_));
    if (!answered.ok()) {
      if (!connection->is_broken()) {
        IgnoreError(ToStatus(connection->Run(std::span(&kRollback, 1), Deadline(statement_ms_))),
                    "a connection with an open transaction is not used again");
      }
      return answered;
    }
    answers = *std::move(answered);
    answers.erase(answers.begin());
    auto ended = connection->Run(std::span(&kCommit, 1), Deadline(statement_ms_));
    if (ended.ok() && ended->front().tag() == "COMMIT") return answers;
    // The server refused: it has rolled back.
    if (!connection->is_broken()) {
      if (!ended.ok()) return std::move(ended).status();
      return Status(Code::kIo, "database: the transaction was rolled back");
    }
  }
  const std::string transaction = TransactionOf(answers);
  if (transaction.empty()) return answers;  // There was nothing to commit.
  TARN_TRY_ASSIGN(const bool happened, HasHappened(transaction));
  if (happened) return answers;
  return Status(Code::kIo, "database: the connection was lost before the write happened")
      .WithRetry(Retry::kLater);
}

Result<bool> Session::HasHappened(std::string_view transaction) {
  const Parameter number[] = {{transaction, Parameter::Kind::kNumber}};
  const Deadline deadline(statement_ms_);
  // A server that ends first is asked again when it is back.
  while (deadline.RemainingMs() > 0) {
    const auto answer = Read({Verb::kOutcome, number});
    if (!answer.ok()) break;
    const std::string_view outcome = answer->rows() == 0 ? "" : answer->Value(0, 0);
    if (outcome == "committed") return true;
    if (outcome == "aborted") return false;
    if (outcome != "in progress") break;
    SleepForUs(kPauseUsFirst * 10);
  }
  return Unknown();
}

}  // namespace tarn::kv::postgres
