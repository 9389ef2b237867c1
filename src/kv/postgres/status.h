// From PostgreSQL's five-character SQLSTATE to a Status. Level 3; pure.
//
// Retry::kLater says that the transaction did not happen and may be made again, on another
// connection if this one ended.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::kv::postgres {

/// `message`: the server's, without its details, which may hold keys. An empty state stands for a
/// failure of the connection itself.
Status ToStatus(std::string_view sql_state, std::string_view message);

/// Of a connection that was not made: libpq tells a text only, so this goes by English words of the
/// server. A failure that it does not know may pass.
Status RefusedStatus(std::string_view message);

/// The server has no place for one more connection.
bool IsFull(const Status& status);

/// The server takes no writes: after a fail-over it is not the one to ask.
bool IsReadOnly(const Status& status);

}  // namespace tarn::kv::postgres
