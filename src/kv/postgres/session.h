// Reads and writes of the table that happen whatever becomes of connections and servers: what did
// not happen is made again, on another connection. Level 3; thread-safe.
//
// A write is a transaction in two steps. Once the server has answered to all of it, it knows the
// number of the transaction; only then COMMIT is sent. So a write whose reply was lost has either
// not been told to commit, and never will be, or is asked for by its number: it happened, or it did
// not and is made again. Nothing is carried out twice or late, which a predicate could not bear.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kv/postgres/pool.h"

namespace tarn::kv::postgres {

struct SessionOptions {
  std::string connection_string;
  PoolOptions pool;
  int64_t statement_ms = 20'000;  ///< For one step, and for attempts to begin.
};

class Session {
 public:
  /// kInvalidValue for a connection string that is none. Does not connect.
  static Result<std::unique_ptr<Session>> Make(const SessionOptions& options);

  /// Makes what is missing of the table.
  Status MakeTable();
  /// The answers of statements that change nothing. `statement_ms`: 0 for the usual.
  Result<std::vector<Answer>> Read(std::span<const Query> queries, int64_t statement_ms = 0);
  Result<Answer> Read(const Query& query, int64_t statement_ms = 0);
  /// The answers of statements that write, all of one transaction. kIo with Retry::kConflict if it
  /// cannot be found out whether it happened.
  Result<std::vector<Answer>> Write(std::span<const Query> queries);

  const ConnectionSettings& settings() const { return settings_; }
  Pool& pool() { return pool_; }

 private:
  Session(ConnectionSettings settings, const SessionOptions& options);
  Result<std::vector<Answer>> TryWrite(std::span<const Query> steps, const Deadline& deadline);
  Result<bool> HasHappened(std::string_view transaction);

  const ConnectionSettings settings_;
  const Statements statements_;
  const int64_t statement_ms_;
  Pool pool_;
};

}  // namespace tarn::kv::postgres
