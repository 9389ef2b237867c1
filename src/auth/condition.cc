#include "auth/condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <optional>

#include "auth/wildcard.h"
#include "base/text.h"

namespace tarn::auth {
namespace {

constexpr size_t kIpv4Bytes = 4, kIpv6Bytes = 16;
constexpr size_t kMappedBytes = kIpv6Bytes - kIpv4Bytes;

/// An address of 4 or 16 bytes.
struct Address {
  std::array<uint8_t, kIpv6Bytes> bytes = {};
  size_t size = 0;
  bool operator==(const Address& other) const {
    return size == other.size &&
           std::equal(bytes.begin(), bytes.begin() + size, other.bytes.begin());
  }
};

std::optional<Address> ParseAddress(std::string_view text) {
  // inet_pton() ends at a zero byte, which no address has.
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  Address address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = kIpv4Bytes;
  } else if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = kIpv6Bytes;
  } else {
    return std::nullopt;
  }
  return address;
}

bool IsMapped(const Address& address) {
  constexpr std::array<uint8_t, kMappedBytes> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return address.size == kIpv6Bytes &&
         std::equal(kPrefix.begin(), kPrefix.end(), address.bytes.begin());
}

/// IPv4 inside IPv6 is IPv4.
Address Unmapped(Address address) {
  if (!IsMapped(address)) return address;
  std::copy(address.bytes.begin() + kMappedBytes, address.bytes.end(), address.bytes.begin());
  address.size = kIpv4Bytes;
  return address;
}

struct Network {
  Address base;
  size_t bits = 0;
};

/// "10.0.0.0/8"; nothing for any other text. Host bits do not count.
std::optional<Network> ParseNetwork(std::string_view text) {
  constexpr size_t kDigitsMax = 3;
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = ParseAddress(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  const bool is_number =
      !digits.empty() && digits.size() <= kDigitsMax &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
      (digits.size() == 1 || digits[0] != '0');
  if (!base || !is_number) return std::nullopt;
  size_t bits = 0;
  for (const char digit : digits) bits = bits * 10 + static_cast<size_t>(digit - '0');
  if (bits > base->size * 8) return std::nullopt;
  if (IsMapped(*base) && bits >= kMappedBytes * 8)
    return Network{Unmapped(*base), bits - kMappedBytes * 8};
  return Network{*base, bits};
}

bool Holds(const Network& network, const Address& address) {
  if (network.base.size != address.size) return false;
  const size_t whole = network.bits / 8, rest = network.bits % 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, network.base.bytes.begin()))
    return false;
  return rest == 0 || ((address.bytes[whole] ^ network.base.bytes[whole]) >> (8 - rest)) == 0;
}

using Values = std::vector<std::string>;

/// A network, or the one of a single address; nothing for any other text.
std::optional<Network> ParseRange(std::string_view value) {
  const std::string_view text = Trim(value, " \t\r\n\v\f");
  if (const auto network = ParseNetwork(text)) return network;
  const auto address = ParseAddress(text);
  if (!address) return std::nullopt;
  const Address single = Unmapped(*address);
  return Network{single, single.size * 8};
}

/// Whether one of the values matches; nothing is an error.
std::optional<bool> MatchesAddress(const Values& values, std::string_view fact) {
  const auto parsed = ParseAddress(fact);
  if (!parsed) return std::nullopt;
  const Address client = Unmapped(*parsed);
  for (const std::string& value : values) {
    const auto range = ParseRange(value);
    if (!range) return std::nullopt;
    if (Holds(*range, client)) return true;
  }
  return false;
}

std::optional<bool> MatchesText(const Values& values, std::string_view fact) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& pattern) { return Wildcard(pattern).Matches(fact); });
}

struct Operator {
  std::string_view name;
  std::optional<bool> (*matches)(const Values& values, std::string_view fact);
  bool wanted;         ///< Whether values must match, or must not.
  bool is_of_address;  ///< Values are addresses; an empty fact fails, whatever is wanted.
};

constexpr Operator kOperators[] = {
    {"IpAddress", &MatchesAddress, true, true},
    {"NotIpAddress", &MatchesAddress, false, true},
    {"StringLike", &MatchesText, true, false},
    {"StringNotLike", &MatchesText, false, false},
};

ConditionResult CheckField(const Operator& with, std::string_view name, const Values& values,
                           RequestFacts& facts) {
  const auto fact = facts.Fact(name);
  if (!fact || (with.is_of_address && fact->empty())) return ConditionResult::kFails;
  const auto matches = with.matches(values, *fact);
  if (!matches) return ConditionResult::kError;
  return *matches == with.wanted ? ConditionResult::kHolds : ConditionResult::kFails;
}

/// Null for a name that is none.
const Operator* FindOperator(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                         [&](const Operator& row) { return row.name == name; });
  return found == std::end(kOperators) ? nullptr : found;
}

}  // namespace

std::string WhatIsWrongWith(const Conditions& conditions) {
  for (const auto& [name, fields] : conditions) {
    const Operator* const found = FindOperator(name);
    if (found == nullptr) return "unsupported condition operator: " + name;
    for (const auto& [field, values] : fields) {
      if (field.empty()) return "missing field name";
      const auto bad = std::find_if(values.begin(), values.end(), [&](const std::string& value) {
        return found->is_of_address && !ParseRange(value);
      });
      if (bad != values.end()) return "invalid IP/CIDR format: " + *bad;
    }
  }
  return "";
}

ConditionResult CheckConditions(const Conditions& conditions, RequestFacts& facts) {
  ConditionResult result = ConditionResult::kHolds;
  for (const auto& [name, fields] : conditions) {
    const Operator* const found = FindOperator(name);
    if (found == nullptr) return ConditionResult::kError;
    for (const auto& [field, values] : fields)
      result = std::max(result, CheckField(*found, field, values, facts));
  }
  return result;
}

}  // namespace tarn::auth
