// URLs by which anybody may read or write one blob for a while (shared access signatures), signed
// with the key of the account or with one that the service handed out. Level 3; pure functions.
//
// Sources: "Create a service SAS" and "Create a user delegation SAS" of the Azure Storage REST
// reference, the forms of versions from 2020-12-06 on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/azure/location.h"
#include "block/azure/shared_key.h"

namespace tarn::block::azure {

/// The version of the service that all requests and signatures are made for.
inline constexpr std::string_view kServiceVersion = "2021-12-02";

/// What a URL shall allow. Borrowed.
struct SasRequest {
  Place place;
  std::string_view permissions;  ///< "r", "raw"
  int64_t expires_seconds = 0;   ///< Unix time.
  std::string_view content_disposition = {};
};

/// A key for signatures, handed out to whoever a token is of.
struct DelegationKey {
  std::string object_id, tenant_id, starts, expires, service, version;  ///< As the service said.
  std::string secret;                                                   ///< Decoded.
  std::optional<int64_t> expires_seconds;                               ///< Unix time.
};

/// The parameters of the query, not escaped, in ascending order of their names.
Pairs SignAccess(const SasRequest& request, const SharedKey& key);
Pairs SignAccess(const SasRequest& request, const DelegationKey& key);

/// "2026-01-02T03:04:05Z"
std::string TimeText(int64_t seconds);

}  // namespace tarn::block::azure
