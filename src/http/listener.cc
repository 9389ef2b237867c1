#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace tarn::http {
namespace {

constexpr int kBacklog = 4096;

struct Free {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string Endpoint(const std::string& address, uint16_t port) {
  const std::string shown = address.find(':') == std::string::npos ? address : "[" + address + "]";
  return shown + ":" + std::to_string(port);
}

Status BindFailure(const std::string& endpoint, int error) {
  if (error == EADDRINUSE) {
    return {Code::kAlreadyExists, "address " + endpoint +
                                      " is already in use: stop the other program or choose "
                                      "another port"};
  }
  if (error == EACCES) {
    return {Code::kForbidden, "no permission to listen on " + endpoint +
                                  ": choose a port above 1023 or run with more rights"};
  }
  return {Code::kInvalidValue, "cannot listen on " + endpoint + ": " + std::strerror(error)};
}

uint16_t PortOf(int file_descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(file_descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  if (bound.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(bound).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

/// A socket that listens at one resolved address, or -1 with errno.
int ListenAt(const addrinfo& where) {
  const int fd = ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where.ai_family == AF_INET6) {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  // Accepted sockets inherit it: answers are written whole, so waiting for more only delays them.
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(fd, where.ai_addr, where.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

Result<Listening> Listen(const std::string& address, uint16_t port) {
  const std::string endpoint = Endpoint(address, port);
  addrinfo hints{};
  hints.ai_family = address.empty() ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  const char* const host = address.empty() ? nullptr : address.c_str();
  int failure = ::getaddrinfo(host, service.c_str(), &hints, &found);
  if (failure != 0) {
    return Status(Code::kInvalidValue,
                  "cannot listen on " + endpoint + ": " + ::gai_strerror(failure));
  }
  std::unique_ptr<addrinfo, Free> list(found);
  int fd = -1;
  for (const addrinfo* where = found; where != nullptr && fd < 0; where = where->ai_next) {
    fd = ListenAt(*where);
  }
  if (fd < 0 && address.empty() && errno != EADDRINUSE) {  // A machine without IPv6.
    return Listen("0.0.0.0", port);
  }
  if (fd < 0) return BindFailure(endpoint, errno);
  return Listening{fd, PortOf(fd)};
}

std::string FormatPeer(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
      return std::string(text) + ":" + std::to_string(ntohs(v6.sin6_port));
    }
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
}

}  // namespace tarn::http
