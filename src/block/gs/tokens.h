// Tokens that requests to Google Cloud Storage bear, and where they come from: a service account, a
// user's refresh token, or the metadata server of the machine. Level 3; a source belongs to one
// thread at a time (base/renewed.h).
//
// Source: "Application Default Credentials" of the Google Cloud documentation.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "base/renewed.h"
#include "base/result.h"
#include "block/gs/service_account.h"
#include "block/gs/token_exchange.h"

namespace tarn::block::gs {

using TokenSource = RenewalSource<Token>;
using TokenCache = Renewed<Token>;

struct CredentialOptions {
  std::string file;  ///< Of a service account; comes before `json`. Empty: none.
  std::string json;  ///< Its content. Both empty: as the environment says.
};

/// With what a store shows who it is.
struct Credentials {
  std::unique_ptr<TokenSource> tokens;
  std::optional<ServiceAccount> account;  ///< The one that can sign URLs; nothing: none.
};

/// For a store that asks for no credentials.
std::unique_ptr<TokenSource> NoTokens();

/// Reads what is configured: options, GOOGLE_APPLICATION_CREDENTIALS, the user's default file, the
/// metadata server. Sends nothing yet. kInvalidValue for credentials that cannot be used,
/// kUnsupported for those of another kind. The clock outlives it.
Result<Credentials> FindCredentials(const CredentialOptions& options, Clock& clock,
                                    const Environment& environment);

}  // namespace tarn::block::gs
