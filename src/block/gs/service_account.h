// The account that a server acts as in Google Cloud, from its JSON file: who it is, and the key
// that it signs with. Keys never appear in messages. Level 3; values.
//
// Source: "Service account credentials" of the Google Cloud IAM documentation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/rsa.h"

namespace tarn::block::gs {

struct ServiceAccount {
  std::string email;
  RsaKey key;
  std::string key_id;
  std::string token_url;  ///< Where its signed claims are exchanged for a token.
};

/// What a file of credentials holds. kInvalidValue ("... is no service account: ..."), which says
/// what is wrong and repeats nothing of it.
Result<ServiceAccount> ReadServiceAccount(std::string_view json);

/// The claims that are exchanged for a token, signed (RFC 7523): valid for an hour from then.
Result<std::string> SignTokenRequest(const ServiceAccount& account, int64_t now_seconds);

}  // namespace tarn::block::gs
