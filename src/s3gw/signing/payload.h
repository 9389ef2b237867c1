// The body of a request as its headers describe it: plain, hashed, or aws-chunked with signatures
// and trailers. Decodes and verifies piece by piece, in bounded memory.
//
// Modes by x-amz-content-sha256: absent or UNSIGNED-PAYLOAD (plain); 64 hex digits (plain, SHA-256
// compared at the end); STREAMING-AWS4-HMAC-SHA256-PAYLOAD[-TRAILER] and
// STREAMING-UNSIGNED-PAYLOAD-TRAILER (aws-chunked). x-amz-checksum-<algorithm>, as header or
// trailer, is compared with the digest of the decoded bytes. Level 8; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "s3gw/answer.h"
#include "s3gw/signing/signed_request.h"

namespace tarn::s3gw {

class Payload {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual Status OnBytes(std::span<const char> bytes) = 0;
  };

  /// Reads the headers. `signed_request` is what verifying the request's signature left behind.
  static Expected<std::unique_ptr<Payload>> Make(const http::RequestHead& head,
                                                 const SignedRequest& signed_request);
  virtual ~Payload() = default;

  /// Bytes of the decoded body, if announced.
  virtual std::optional<int64_t> decoded_bytes() const = 0;
  /// Takes raw bytes, gives decoded ones to `sink`. Nothing, a failure of the body, or what `sink`
  /// said. After a failure the payload must not be used.
  virtual std::optional<Answer> Take(std::span<const char> bytes, Sink& sink) = 0;
  /// The raw body is over: nothing if it is complete and fits all that was announced about it.
  virtual std::optional<Answer> Finish() = 0;
};

}  // namespace tarn::s3gw
