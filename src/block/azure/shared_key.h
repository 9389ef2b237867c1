// Signs requests with the key of a storage account. Level 3; pure functions.
//
// Source: "Authorize with Shared Key" of the Azure Storage REST reference, the form of the Blob
// service since version 2015-02-21.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tarn::block::azure {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct SharedKey {
  std::string account;
  std::string secret;  ///< Decoded; empty: there is no key.
};
/// kInvalidValue if the key is not in base64; the message does not repeat it.
Result<SharedKey> ReadSharedKey(std::string account, std::string_view key);

/// A request as it is signed.
struct RequestToSign {
  std::string_view method;
  std::string_view path;  ///< As it is sent, escaped.
  const Pairs& query;     ///< Not escaped; names in lower case.
  const Pairs& headers;   ///< All but the length.
  size_t body_bytes = 0;
};

std::string StringToSign(std::string_view account, const RequestToSign& request);
/// The value of the Authorization header.
std::string Authorization(const SharedKey& key, const RequestToSign& request);
/// In base64, as signatures are written.
std::string Sign(std::string_view secret, std::string_view text);

}  // namespace tarn::block::azure
