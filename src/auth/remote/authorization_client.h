// Calls to an authorization server, by the contract of the reference: what is asked, and what its
// answers mean. Level 7; thread-safe, waits.
//
// The operator names the server, so its address is not judged; its answers are: each has a limit
// in bytes and in time, and only JSON is read.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/records.h"
#include "base/sync.h"
#include "codec/json.h"
#include "http/client.h"

namespace tarn::auth {

struct RemoteCall {
  std::string_view method = "GET";
  std::string path;   ///< RemotePath; "" is of nobody, and nothing is asked.
  std::string query;  ///< Escaped.
  std::string body;   ///< JSON, or nothing.
  int expected = 200;
  records::Refusal missing = kMissing;  ///< What status 404 is.
};

/// A path of segments, each escaped twice, since the server decodes it twice. "" if one is empty.
std::string RemotePath(std::initializer_list<std::string_view> segments);
/// "name=value" for a query.
std::string RemoteQuery(std::string_view name, std::string_view value);

class AuthorizationClient {
 public:
  /// The longest that a call takes, and the largest answer.
  static constexpr int64_t kCallMsMax = 10'000;
  static constexpr int64_t kAnswerBytesMax = 16 << 20;

  AuthorizationClient(std::string endpoint, std::string_view token);

  /// Success if the answer has the expected status. kInvalidRequest, kAlreadyExists, the call's
  /// `missing`: the server refuses. kSlowDown: it cannot be reached, is late, or says that it
  /// fails. kIo: any other answer.
  Status Do(const RemoteCall& call);
  /// The document of the expected answer; kIo as well for one that is none.
  Result<Json> Read(const RemoteCall& call);

 private:
  Result<http::ClientResponse> Send(const RemoteCall& call);
  Result<http::ClientResponse> Exchange(const http::ClientRequest& request);

  const std::string endpoint_, authorization_;
  Mutex mutex_;
  /// With connections for the next calls that read.
  std::vector<std::unique_ptr<http::Client>> idle_ TARN_GUARDED_BY(mutex_);
};

/// A failure to learn who somebody is or may do what: whatever the server says of it, that is
/// neither "nobody" nor "nothing" nor the fault of who asked. kSlowDown stays, all else is kIo.
Status AsOutage(Status failure);

}  // namespace tarn::auth
