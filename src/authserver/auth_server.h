// Serves the external authorization contract of the reference (its api/authorization.yml) from the
// users, groups, policies and keys of an auth::Service: what a fleet of servers asks at
// "auth.api.endpoint". Level 8; thread-safe.
//
// Every call but the question for health needs the token of the fleet (token_check.h). Answers hold
// secrets of users, so whoever has the token may do everything.
#pragma once

#include <memory>
#include <string>

#include "auth/service.h"
#include "base/clock.h"
#include "http/exchange.h"

namespace tarn::authserver {

struct Options {
  std::string token;       ///< auth.api.token; empty: there is none.
  std::string secret_key;  ///< auth.encrypt.secret_key: signs the tokens that servers make.
  std::string version;     ///< Told to who asks.
};

class AuthServer : public http::Handler {
 public:
  /// The service, of a mode with many users, and the clock outlive it.
  AuthServer(auth::Service& service, Clock& clock, Options options);
  ~AuthServer() override;
  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::authserver
