// The KV in a table of DynamoDB, which servers share, and in which lakeFS 1.84 keeps its own:
// either can take over the other's. Level 3; thread-safe.
//
// A record is an item (items.h). Reads are consistent, scans are queries page by page, Drop removes
// item by item. What is refused because too much is asked for, what breaks and what the server
// fails at is asked again, after pauses; kSlowDown for the first kind when that does not pass.
//
// An unconditional write may be made twice, which is no harm. A conditional one whose answer was
// lost is asked again with the same condition. If that does not hold then, the reason may be the
// write itself, and it is not to be known whose the value is: other servers may write the same
// bytes. Then the answer is neither success nor kPredicateFailed but kIo, which says so.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/retrier.h"
#include "http/aws/credentials.h"
#include "http/client.h"
#include "kv/check.h"
#include "kv/dynamodb/table.h"
#include "kv/store.h"

namespace tarn::kv::dynamodb {

struct Options {
  std::string table = "kvstore";
  std::string url;     ///< Of the server; empty: that of the region.
  std::string region;  ///< Not empty.
  int64_t page_records_max = 1024;
  int64_t connections_max = 0;           ///< At the same time; 0: any number.
  int64_t health_check_interval_ms = 0;  ///< 0: none.
  /// Keys are renewed so long before they expire, less a part by chance of that up to the fraction,
  /// so that servers do not renew them at the same moment.
  int64_t credential_window_ms = 0;
  double credential_window_jitter = 0;
  RetryOptions retry = {.attempts_max = 10,
                        .pause_us_first = 25'000,
                        .pause_us_max = 5'000'000,
                        .given_up = Code::kSlowDown};
  TableWait table_wait;
  http::ClientOptions transport = {.connect_timeout_ms = 5'000, .stall_timeout_ms = 20'000};
};

/// Whether a table can be called so.
bool IsTableName(std::string_view name);

/// Opens the table; makes it if there is none. Clock and random outlive the store. kInvalidValue
/// for a URL that is none; failures of OpenTable.
Result<std::unique_ptr<Store>> Open(Options options,
                                    std::unique_ptr<http::aws::CredentialSource> credentials,
                                    Clock& clock, Random& random);

/// What a server needs of its table, looked at without changing anything (examine.h). Waits; fails
/// if the server cannot be reached.
Result<std::vector<Check>> Examine(Options options,
                                   std::unique_ptr<http::aws::CredentialSource> credentials,
                                   Clock& clock, Random& random);

}  // namespace tarn::kv::dynamodb
