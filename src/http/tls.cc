#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>

namespace tarn::http {
namespace {

/// The library's oldest queued reason, as words; the queue is emptied.
std::string Reason() {
  const char* text = nullptr;
  if (const unsigned long error = ERR_get_error(); error != 0) {
    text = ERR_reason_error_string(error);
    if (text == nullptr && ERR_SYSTEM_ERROR(error)) text = std::strerror(ERR_GET_REASON(error));
  }
  ERR_clear_error();
  return text == nullptr ? "unknown error" : text;
}

int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int outcome =
      SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void TlsContextDeleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsDeleter::operator()(SSL* tls) const { SSL_free(tls); }

Result<TlsContext> MakeTlsContext(const std::string& certificate_file,
                                  const std::string& key_file) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return Status(Code::kInternal, "cannot set up TLS: " + Reason());
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, SelectProtocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    return Status(Code::kInvalidValue,
                  "cannot use the TLS certificate file " + certificate_file + ": " + Reason());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH) {
      ERR_clear_error();
      return Status(Code::kInvalidValue, "the TLS key in " + key_file +
                                             " does not belong to the certificate in " +
                                             certificate_file);
    }
    return Status(Code::kInvalidValue, "cannot use the TLS key file " + key_file + ": " + Reason());
  }
  return context;
}

Result<Tls> MakeTls(SSL_CTX& context, int socket) {
  Tls tls(SSL_new(&context));
  if (!tls || SSL_set_fd(tls.get(), socket) != 1) {
    return Status(Code::kInternal, "cannot start a TLS session: " + Reason());
  }
  SSL_set_accept_state(tls.get());
  return tls;
}

}  // namespace tarn::http
