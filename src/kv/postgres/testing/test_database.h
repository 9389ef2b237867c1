// A database of the process on the server that TARN_PG_URL names, gone when the process ends.
// Level 3, tests only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kv/postgres/postgres_store.h"

namespace tarn::kv::postgres {

class TestDatabase {
 public:
  /// Null without TARN_PG_URL. Made at the first call, with a table that is empty.
  static TestDatabase* OfProcess();
  ~TestDatabase();

  /// Removes all rows.
  void Empty();
  /// Carries out a statement, beside the store.
  Answer Run(const std::string& statement);
  uint16_t port() const;
  /// Options of a store of it: of another port for what stands before the server, with more words.
  Options OptionsFor(std::optional<uint16_t> port = {}, std::string_view more = "") const;

 private:
  explicit TestDatabase(ConnectionSettings server);
  void RunOnServer(const std::string& statement);

  const ConnectionSettings server_;
  const std::string name_;
  std::unique_ptr<Session> session_;
};

/// An environment variable; empty if it is not set.
std::string Variable(const char* name);

/// The port that a URL names.
uint16_t PortOf(const std::string& url);

}  // namespace tarn::kv::postgres
