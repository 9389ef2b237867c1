// How the store shall encrypt what it is given: with a key of the store's key service, or with one
// that each request brings. Level 3.
//
// Source: "Customer-supplied encryption keys" and "Customer-managed encryption keys" of the Cloud
// Storage documentation.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tarn::block::gs {

using Headers = std::vector<std::pair<std::string, std::string>>;
using QueryPairs = std::vector<std::pair<std::string, std::string>>;

struct Encryption {
  std::string kms_key;       ///< Name of a key of the key service; empty: as the bucket says.
  std::string customer_key;  ///< 32 bytes; empty: none.

  /// Of requests that make an object.
  void AddTo(QueryPairs* query, Headers* headers) const;
  /// Of requests for the bytes of an object that has the customer key.
  void AddKeyTo(Headers* headers) const;
  /// The same for the source of a copy.
  void AddSourceKeyTo(Headers* headers) const;
  bool has_customer_key() const { return !customer_key.empty(); }
};

/// From the settings: `customer_key_hex` is hex. kInvalidValue for another length than 32 bytes, or
/// where both are set.
Result<Encryption> MakeEncryption(std::string_view kms_key, std::string_view customer_key_hex);

}  // namespace tarn::block::gs
