// What a sign-on service says of who has signed in, and what the configuration makes of it. Level
// 7; pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/external_user.h"
#include "base/result.h"
#include "codec/json.h"

namespace tarn::auth {

/// Of "auth.oidc" and "auth.cookie_auth_verification".
struct ClaimRules {
  std::string id_claim = "sub";  ///< external_user_id_claim_name
  std::string source = "oidc";   ///< auth_source
  /// validate_id_token_claims: each must be there and be this text.
  std::map<std::string, std::string> required;
  std::string friendly_name_claim;  ///< friendly_name_claim_name
  bool keep_friendly_name = false;  ///< persist_friendly_name
  std::string groups_claim;         ///< initial_groups_claim_name
  /// default_initial_groups: where the claim is absent, not where it names none.
  std::vector<std::string> default_groups;
};

/// The external id, if all that is required is there. kUnauthenticated also for an id that is no
/// text or empty. REQUIRES an object.
Result<std::string> CheckClaims(const Json& claims, const ClaimRules& rules);
/// Who it is that signed in. kUnauthenticated as CheckClaims, and for a list of groups with
/// anything but texts. REQUIRES an object.
Result<ExternalUser> ReadClaims(const Json& claims, const ClaimRules& rules);

}  // namespace tarn::auth
