// The reads and writes of single records that share connections with others of their kind. Level 3;
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kv/postgres/groups.h"
#include "kv/postgres/session.h"

namespace tarn::kv::postgres {

class GroupedRequests {
 public:
  /// `session` outlives it.
  explicit GroupedRequests(Session& session);

  /// The value of a record. One that many ask for is fetched once for all of them.
  Result<std::optional<std::string>> Get(std::string_view partition, std::string_view key);
  /// Carries out a statement that begins with partition and key and has no condition: one of a
  /// contended record would have its whole group wait for a row that another server holds. As
  /// Session::Write.
  Status Write(const Query& query);

 private:
  struct Reading {
    Parameter place[2];
    Result<std::optional<std::string>> value;
  };
  struct Writing {
    const Query& query;
    Status status = {};
  };

  void Carry(std::vector<Reading*>& group);
  void Carry(std::vector<Writing*>& group);

  Session& session_;
  Groups<Reading> readings_;
  Groups<Writing> writings_;
};

}  // namespace tarn::kv::postgres
