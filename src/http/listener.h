// A listening TCP socket. Level 2.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace tarn::http {

struct Listening {
  int file_descriptor = -1;  ///< Non-blocking; the caller owns it.
  uint16_t port = 0;
};

/// Binds and listens. An empty address means all. kAlreadyExists when another program has the port;
/// kInvalidValue for an address that this machine does not have.
Result<Listening> Listen(const std::string& address, uint16_t port);

/// "127.0.0.1:80", "[::1]:80".
std::string FormatPeer(const sockaddr_storage& address);

}  // namespace tarn::http
