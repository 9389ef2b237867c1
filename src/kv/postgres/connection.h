// One connection to PostgreSQL: the only file that sends to it. Level 3; one thread at a time.
//
// Statements go in pipelines: all are sent at once, and what they answer is waited for together.
// After a failure the rest of a pipeline is not carried out; in a transaction the caller rolls
// back. A connection that broke, did not answer in time, or leads to a standby is good for nothing
// but destruction, which lets nothing that is still unsent reach the server.
#pragma once

#include <bitset>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "kv/postgres/connection_string.h"
#include "kv/postgres/statements.h"

struct pg_conn;
struct pg_result;

namespace tarn::kv::postgres {

/// A parameter of a statement: bytes, or a number in text with a zero behind it.
struct Parameter {
  enum class Kind : uint8_t { kBytes, kNumber };
  std::string_view value;
  Kind kind = Kind::kBytes;
};

struct Query {
  Verb verb;
  std::span<const Parameter> parameters = {};
};

/// What one statement answered.
class Answer {
 public:
  explicit Answer(pg_result* result);
  int rows() const;
  /// Borrowed from the answer; empty for null.
  std::string_view Value(int row, int column) const;
  /// "COMMIT", "UPDATE 1".
  std::string_view tag() const;

 private:
  struct Deleter {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Deleter> result_;
};

class Connection {
 public:
  /// Waits for at most connect_timeout, or ten seconds, for each of the hosts. Both outlive it.
  static Result<std::unique_ptr<Connection>> Open(const ConnectionSettings& settings,
                                                  const Statements& statements);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The answers of all, or the first failure. One whose failure is the connection's own is broken.
  Result<std::vector<Answer>> Run(std::span<const Query> queries, const Deadline& deadline);
  /// One statement without parameters, which need not be in the table.
  Result<Answer> RunText(const std::string& text, const Deadline& deadline);

  bool is_broken() const { return broken_; }
  /// No transaction is open, and the server has not ended it meanwhile. Does not wait.
  bool IsReady() const;

 private:
  Connection(pg_conn* handle, const ConnectionSettings& settings, const Statements& statements);
  void Send(const Query& query);
  void SendText(const std::string& text, std::span<const Parameter> parameters);
  void Sent(int done) { broken_ = broken_ || done != 1; }
  Status Flush(const Deadline& deadline);
  Status Await(short events, const Deadline& deadline);  // NOLINT(google-runtime-int): poll's
  Result<std::vector<Answer>> Collect(const Deadline& deadline);
  Status Broken();

  pg_conn* const handle_;
  const ConnectionSettings& settings_;
  const Statements& statements_;
  std::bitset<kVerbCount> prepared_;
  std::vector<bool> wanted_;  ///< Of each answer to come: is it a statement's own?
  std::bitset<kVerbCount> preparing_;
  bool broken_ = false;
};

}  // namespace tarn::kv::postgres
