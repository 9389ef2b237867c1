// A connected, non-blocking socket, plain or TLS: every call does what it can at once and says what
// it waits for. Level 2; used by one thread at a time, but ShutdownBoth by any.
//
// OpenSSL works on the socket itself, so one set of calls serves both kinds and no bytes are copied
// through memory pipes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/tls.h"

namespace tarn::http {

struct IoResult {
  enum class Kind : uint8_t {
    kBytes,      ///< `bytes` were moved, at least one.
    kWantRead,   ///< Nothing moved: try again when readable,
    kWantWrite,  ///< or when writable.
    kEnd,        ///< The peer sends no more.
    kFailed,     ///< The connection is broken.
  };
  Kind kind = Kind::kFailed;
  size_t bytes = 0;

  bool ok() const { return kind == Kind::kBytes; }
  bool must_wait() const { return kind == Kind::kWantRead || kind == Kind::kWantWrite; }
};

class Socket {
 public:
  /// `file_descriptor` is owned by the caller and closed after this object is gone.
  Socket(int file_descriptor, Tls tls) : fd_(file_descriptor), tls_(std::move(tls)) {}

  int descriptor() const { return fd_; }
  bool is_tls() const { return tls_ != nullptr; }
  /// Goes on with the TLS handshake; kBytes when it is done.
  IoResult Handshake();
  IoResult Read(char* to, size_t size);
  /// Writes from `first`, then from `second`; `more` says that further bytes follow at once.
  IoResult Write(std::string_view first, std::string_view second, bool more);
  /// Sends from a file without copying. Plain sockets only; kEnd when the file is too short.
  IoResult SendFile(int file_descriptor, int64_t offset, size_t size);
  /// False if the last Read took all there was, so that trying again would be in vain.
  bool may_have_input() const { return may_have_input_; }
  /// The socket became readable.
  void ExpectInput() { may_have_input_ = true; }
  /// Reads bytes below TLS, to throw them away.
  IoResult Discard();

  /// Tells the peer that no more bytes come.
  void ShutdownWrite();
  /// Breaks the connection: whoever waits for it wakes up. Any thread.
  void ShutdownBoth();
  /// Makes the coming close a reset, so that the peer cannot take it for a proper end.
  void ResetOnClose();
  /// Tells a client that talks plain HTTP to a TLS port so.
  void ExplainPlainHttp();

 private:
  IoResult TlsResult(int outcome, size_t bytes);

  const int fd_;
  Tls tls_;
  bool may_have_input_ = true;
  bool tls_broken_ = false;
};

}  // namespace tarn::http
