// Server-side TLS: one context per server, made from PEM files. Level 2; thread-safe when made.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;

namespace tarn::http {

struct TlsContextDeleter {
  void operator()(SSL_CTX* context) const;
};
struct TlsDeleter {
  void operator()(SSL* tls) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsContextDeleter>;
using Tls = std::unique_ptr<SSL, TlsDeleter>;

/// Loads certificate chain and key; TLS 1.2 or newer, HTTP/1.1 by ALPN. kInvalidValue with a
/// sentence that names the file.
Result<TlsContext> MakeTlsContext(const std::string& certificate_file, const std::string& key_file);

/// A session over a connected, non-blocking socket, which it does not close.
Result<Tls> MakeTls(SSL_CTX& context, int socket);

}  // namespace tarn::http
