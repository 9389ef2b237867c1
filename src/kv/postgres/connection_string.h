// What database.postgres.connection_string says: a URI (postgres://...) or keyword=value pairs, as
// the reference's driver and libpq read them. Level 3; pure.
//
// What libpq knows goes to it. `lakefskv_table` names the table. `default_query_exec_mode` decides
// on named statements: they are kept by a server's session, so they are used only for
// `cache_statement`, which a pooler in transaction mode does not stand. What else tunes the
// reference's driver alone is taken and left. All other words are parameters of the server's
// session (`search_path`, `statement_timeout`). No error repeats a value: it may be a password.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tarn::kv::postgres {

struct ConnectionSettings {
  /// Keywords of libpq with their values; each keyword once.
  std::vector<std::pair<std::string, std::string>> keywords;
  std::string table = "kv";
  bool named_statements = false;

  /// The value of a keyword; empty if it is not there.
  std::string_view Find(std::string_view keyword) const;
};

/// kInvalidValue for text of neither form, and for values that cannot be.
Result<ConnectionSettings> ReadConnectionString(std::string_view text);

}  // namespace tarn::kv::postgres
