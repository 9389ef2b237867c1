#include "kv/postgres/testing/faulty_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "base/check.h"

namespace tarn::kv::postgres {
namespace {

constexpr int kPollMs = 20;
constexpr size_t kPieceBytes = 64 << 10;
constexpr size_t kSmallBytes = 4096;
constexpr uint32_t kRarer = 50;
constexpr int64_t kStallUs = 20'000;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void SendAll(int to, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(to, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
}

}  // namespace

FaultyLink::FaultyLink(uint16_t server_port, const FaultRates& rates, uint32_t seed)
    : server_port_(server_port), rates_(rates), seed_(seed) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  TARN_CHECK(listener_ >= 0 && ::bind(listener_, generic, size) == 0 &&
             ::listen(listener_, 128) == 0 && ::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  accepting_ = Thread("link", [this] { Accept(); });
}

FaultyLink::~FaultyLink() {
  stop_ = true;
  accepting_.Join();
  served_.clear();
  ::close(listener_);
}

void FaultyLink::Accept() {
  for (uint32_t number = 0; !stop_;) {
    pollfd ready = {.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, kPollMs) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const uint32_t seed = seed_ + ++number;
    served_.emplace_back("link", [this, client, seed] { Serve(client, seed); });
  }
}

void FaultyLink::Serve(int client, uint32_t seed) {
  std::mt19937 chance(seed);
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(server_port_);
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open && !stop_) {
    std::array<pollfd, 2> ready = {{{.fd = client, .events = POLLIN, .revents = 0},
                                    {.fd = server, .events = POLLIN, .revents = 0}}};
    if (::poll(ready.data(), ready.size(), kPollMs) <= 0) continue;
    if (ready[0].revents != 0) open = Pass(client, server, /*is_request=*/true, &chance);
    if (open && ready[1].revents != 0) open = Pass(server, client, /*is_request=*/false, &chance);
  }
  ::close(client);
  ::close(server);
}

bool FaultyLink::Pass(int from, int to, bool is_request, std::mt19937* chance) {
  std::array<char, kPieceBytes> piece;
  const ssize_t got = ::recv(from, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  const auto size = static_cast<size_t>(got);
  // A large message has many pieces, and is to arrive after a few attempts.
  const uint32_t rarer = size > kSmallBytes ? kRarer : 1;
  const auto strikes = [&](uint32_t rate) {
    const bool hit = (*chance)() % 1'000'000 < rate / rarer;
    if (hit) ++faults_;
    return hit;
  };
  if (strikes(rates_.stalled)) SleepForUs(kStallUs);
  if (strikes(is_request ? rates_.request_cut : rates_.reply_cut)) {
    SendAll(to, piece.data(), size / 2);
    return false;
  }
  SendAll(to, piece.data(), size);
  return !(is_request && strikes(rates_.reply_lost));
}

}  // namespace tarn::kv::postgres
