// A certificate for tests of TLS.
#pragma once

#include <string>

#include "http/server.h"

namespace tarn::http {

/// A self-signed certificate for 127.0.0.1 in a directory of its own, good for an hour.
class Certificate {
 public:
  Certificate();
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string certificate_file() const { return directory_ + "/certificate.pem"; }
  std::string key_file() const { return directory_ + "/key.pem"; }
  TlsOptions options() const { return {certificate_file(), key_file()}; }

 private:
  std::string directory_;
};

}  // namespace tarn::http
