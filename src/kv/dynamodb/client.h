// Sends requests to DynamoDB: JSON, signed, over kept connections; each once. Level 3; thread-safe.
// Everything waits (kWouldBlock where that is not allowed).
//
// Source: "DynamoDB low-level API" of the Amazon DynamoDB Developer Guide, version 20120810.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"
#include "codec/json.h"
#include "http/aws/credentials.h"
#include "http/transfer.h"
#include "kv/dynamodb/endpoint.h"

namespace tarn::kv::dynamodb {

struct ClientOptions {
  Endpoint endpoint;
  std::string region;           ///< That requests are signed for.
  std::string table;            ///< Of messages.
  int64_t connections_max = 0;  ///< At the same time; who comes later waits. 0: any number.
  http::ClientOptions transport;
};

class Client {
 public:
  /// Keys are renewed so long before they expire. The clock outlives the client.
  Client(ClientOptions options, std::unique_ptr<http::aws::CredentialSource> source,
         int64_t credential_window_seconds, Clock& clock);

  /// The answer to an operation, a JSON object. Failures of failures.h; kIo of the class
  /// Retry::kLater where nobody answers. `in_doubt`, unless it is null, is set when the failure
  /// leaves open whether the operation was carried out, and is let be otherwise.
  Result<Json> Call(std::string_view operation, std::string_view body, bool* in_doubt = nullptr);

 private:
  class Place;
  struct Answer;

  Result<Answer> Exchange(std::string_view operation, std::string_view body,
                          const http::aws::Credentials& keys, bool* in_doubt);
  http::TransferRequest Prepare(std::string_view operation, std::string_view body,
                                const http::aws::Credentials& keys) const;

  const ClientOptions options_;
  http::aws::CredentialCache credentials_;
  Clock& clock_;
  http::TransferClient transfers_;
  Mutex mutex_;
  CondVar place_left_;
  int64_t places_taken_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::kv::dynamodb
