// Sends requests to the Blob service: signed, to where their account is, over kept connections;
// each once. Level 3; thread-safe. Everything waits (kWouldBlock where that is not allowed).
//
// The configured account has a key; requests to others, and to it without a key, show a token. What
// cannot be sent or is refused in passing is kSlowDown.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/renewed.h"
#include "base/result.h"
#include "base/sync.h"
#include "block/azure/location.h"
#include "block/azure/sas.h"
#include "block/azure/shared_key.h"
#include "block/azure/tokens.h"
#include "http/answer.h"
#include "http/transfer.h"

namespace tarn::block::azure {

struct ClientOptions {
  std::string domain{kPublicDomain};
  std::string test_url;              ///< Of an emulator, with the account in its path; empty: none.
  SharedKey key;                     ///< Without a secret: tokens only.
  int64_t try_timeout_ms = 600'000;  ///< For the head of an answer.
  int64_t presign_seconds = 900;     ///< How long signed URLs are valid.
  http::ClientOptions transport;
};

using http::Answer;

/// A request, without what every request has.
struct Request {
  std::string_view operation;  ///< As the service calls it, for messages.
  std::string method = "GET";
  Place place;
  Pairs query = {};  ///< Names in lower case.
  Pairs headers = {};
  std::string_view body = {};  ///< Of PUT and POST.
  /// Asked while the store is waited for; true ends the request with kCancelled.
  std::function<bool()> is_abandoned = nullptr;
};

class Client {
 public:
  /// The clock outlives the client, and the client its answers.
  Client(ClientOptions options, std::unique_ptr<TokenSource> tokens, Clock& clock);
  ~Client();

  /// An answer of success. Failures of failures.h; kSlowDown where nobody answers.
  Result<std::unique_ptr<Answer>> Send(const Request& request);
  /// The same with a body that is a document.
  Result<std::string> Call(const Request& request);

  /// The URL by which anybody may read ("r") or write ("raw") a blob, and when that ends.
  struct Signed {
    std::string url;
    int64_t expires_seconds = 0;  ///< Unix time.
  };
  Result<Signed> Presign(const Place& place, std::string_view permissions,
                         std::string_view content_disposition);
  const ClientOptions& options() const { return options_; }
  Clock& clock() { return clock_; }

 private:
  class DelegationSource;
  using DelegationKeys = Renewed<DelegationKey>;

  bool HasKeyFor(std::string_view account) const;
  std::shared_ptr<DelegationKeys> DelegationOf(std::string_view account);

  const ClientOptions options_;
  Renewed<AccessToken> tokens_;
  Clock& clock_;
  http::TransferClient transfers_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<DelegationKeys>, std::less<>> delegations_
      TARN_GUARDED_BY(mutex_);
};

}  // namespace tarn::block::azure
