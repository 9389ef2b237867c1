// Sends requests to S3: signed, to where their bucket is, over kept connections; each once. Level
// 3; thread-safe. Everything waits (kWouldBlock where that is not allowed).
//
// The region of a bucket is asked for once, without a signature, and learned anew when the store
// says that it is another one. What cannot be sent or is refused in passing is kSlowDown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"
#include "block/remote/location.h"
#include "block/s3/endpoint.h"
#include "http/answer.h"
#include "http/aws/credentials.h"
#include "http/outgoing_signature.h"
#include "http/transfer.h"

namespace tarn::block::s3 {

struct ClientOptions {
  EndpointOptions endpoint;
  std::string presign_endpoint;  ///< URL; empty: the same as for requests.
  std::string region;            ///< Where nothing else is known.
  bool discover_regions = true;
  bool log_requests = false;
  http::ClientOptions transport;
};

using http::Answer;
using remote::Place;

/// A request, without what every request has.
struct Request {
  std::string_view operation;  ///< As S3 calls it, for messages.
  std::string method = "GET";
  Place place;
  std::vector<std::pair<std::string, std::string>> query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string_view body = {};  ///< Of PUT and POST.
  /// Asked while the store is waited for; true ends the request with kCancelled.
  std::function<bool()> is_abandoned = nullptr;
};

class Client {
 public:
  /// The clock outlives the client, and the client its answers.
  Client(ClientOptions options, std::unique_ptr<http::aws::CredentialSource> source,
         int64_t window_seconds, Clock& clock);

  /// An answer of success. Failures of failures.h; kSlowDown where nobody answers.
  Result<std::unique_ptr<Answer>> Send(const Request& request);
  /// The same with a body that is a document.
  Result<std::string> Call(const Request& request);

  /// The URL by which anybody may send the request for so long, and when that ends: earlier when
  /// the keys expire before. `Request::body` does not count.
  struct Signed {
    std::string url;
    int64_t expires_seconds = 0;  ///< Unix time.
  };
  Result<Signed> Presign(const Request& request, int64_t seconds);

  /// Asks for the region of a bucket; kIo if the store does not tell.
  Result<std::string> FindRegion(std::string_view bucket);

 private:
  struct Region {
    bool is_known = false;  ///< Else somebody is asking.
    std::string name;
    int64_t ask_again_ms = -1;  ///< Monotonic; negative: never.
  };
  /// What the transfer of one attempt came to.
  struct Attempt;

  Result<Attempt> Try(const Request& request, const std::string& region);
  /// The region that requests for a bucket are signed for.
  Result<std::string> RegionOf(std::string_view bucket);
  Region AskForRegion(std::string_view bucket);
  /// The answer to a look at a bucket without a signature.
  Result<http::ClientResponse> LookAt(std::string_view bucket);
  bool Learn(std::string_view bucket, const std::string& used, std::string_view told);

  const ClientOptions options_;
  http::aws::CredentialCache credentials_;
  Clock& clock_;
  http::TransferClient transfers_;
  Mutex mutex_;
  CondVar region_known_;
  std::map<std::string, Region, std::less<>> regions_ TARN_GUARDED_BY(mutex_);
};

}  // namespace tarn::block::s3
