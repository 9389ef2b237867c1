#include "http/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

namespace tarn::http {
namespace {

constexpr int kMappedBits = 96;
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
/// Translated addresses of IPv4 (RFC 6052).
constexpr std::array<uint8_t, 12> kTranslated = {0, 0x64, 0xff, 0x9b};

constexpr std::array<std::string_view, 8> kNever = {
    "169.254.0.0/16", "fe80::/10",     "224.0.0.0/4",     "240.0.0.0/4",
    "ff00::/8",       "fd00:ec2::254", "100.100.100.200", "192.0.0.192",
};
constexpr std::array<std::string_view, 9> kPrivate = {
    "0.0.0.0/8",      "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12",
    "192.168.0.0/16", "fc00::/7",   "::1",           "::",
};

}  // namespace

Result<AddressPolicy> AddressPolicy::Make(const AddressPolicyOptions& options) {
  AddressPolicy policy;
  const auto add = [](auto texts, std::vector<Network>* to) -> Status {
    for (const auto& text : texts) {
      TARN_TRY_ASSIGN(const Network network, ParseNetwork(text));
      to->push_back(network);
    }
    return {};
  };
  TARN_TRY(add(std::span(options.allowed), &policy.allowed_));
  TARN_TRY(add(std::span(kNever), &policy.refused_));
  if (!options.allow_private) TARN_TRY(add(std::span(kPrivate), &policy.refused_));
  return policy;
}

bool AddressPolicy::Allows(const sockaddr* address) const {
  std::array<uint8_t, 16> bytes = {};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4 = {};
    std::memcpy(&v4, address, sizeof v4);
    std::copy(kMapped.begin(), kMapped.end(), bytes.begin());
    std::memcpy(bytes.data() + kMapped.size(), &v4.sin_addr, 4);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6 = {};
    std::memcpy(&v6, address, sizeof v6);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    if (std::equal(kTranslated.begin(), kTranslated.end(), bytes.begin())) {
      std::copy(kMapped.begin(), kMapped.end(), bytes.begin());
    }
  } else {
    return false;
  }
  const auto has = [&](const Network& network) { return Contains(network, bytes); };
  return std::any_of(allowed_.begin(), allowed_.end(), has) ||
         std::none_of(refused_.begin(), refused_.end(), has);
}

Result<AddressPolicy::Network> AddressPolicy::ParseNetwork(std::string_view text) {
  const Status bad(Code::kInvalidValue, "no address or network: " + std::string(text));
  const size_t slash = text.find('/');
  const std::string host(text.substr(0, slash));
  Network network;
  int bits_before = 0, bits_max = 128;
  if (::inet_pton(AF_INET6, host.c_str(), network.bytes.data()) != 1) {
    std::copy(kMapped.begin(), kMapped.end(), network.bytes.begin());
    if (::inet_pton(AF_INET, host.c_str(), network.bytes.data() + kMapped.size()) != 1) return bad;
    bits_before = kMappedBits;
    bits_max = 32;
  }
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size()) return bad;
  if (bits < 0 || bits > bits_max) return bad;
  network.bits = bits_before + bits;
  return network;
}

bool AddressPolicy::Contains(const Network& network, const std::array<uint8_t, 16>& address) {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((network.bytes[byte] & mask) != (address[byte] & mask)) return false;
  }
  return true;
}

}  // namespace tarn::http
