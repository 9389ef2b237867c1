// Which addresses may be called on behalf of users: they name servers, but shall not reach what
// only this machine should (metadata of clouds, by which credentials are got). Level 2; immutable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace tarn::http {

struct AddressPolicyOptions {
  /// Addresses ("169.254.169.254") and networks ("fd00:ec2::/32") that are allowed whatever else is
  /// said here.
  std::vector<std::string> allowed;
  /// Loopback and the networks for private use. Link-local addresses, those of groups and the known
  /// ones of metadata are never allowed but by name.
  bool allow_private = true;
};

class AddressPolicy {
 public:
  /// kInvalidValue for text that is neither address nor network.
  static Result<AddressPolicy> Make(const AddressPolicyOptions& options);

  /// False for an address that is no IP address, too.
  bool Allows(const sockaddr* address) const;

 private:
  /// Of IPv6; those of IPv4 are mapped into it.
  struct Network {
    std::array<uint8_t, 16> bytes = {};
    int bits = 128;
  };
  static Result<Network> ParseNetwork(std::string_view text);
  static bool Contains(const Network& network, const std::array<uint8_t, 16>& address);

  std::vector<Network> allowed_, refused_;
};

}  // namespace tarn::http
