// Tokens of Microsoft Entra for Azure Storage, from the environment: a client with a secret, a
// workload's identity, the managed identity of the machine or the app service. Level 3; a source
// belongs to one thread at a time. Tokens and secrets never appear in messages.
//
// Sources: "Microsoft identity platform and the OAuth 2.0 client credentials flow", "How managed
// identities for Azure resources work with virtual machines", and the names of variables of the
// Azure SDKs' default credential.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "base/renewed.h"

namespace tarn::block::azure {

struct AccessToken {
  std::string text;
  std::optional<int64_t> expires_seconds;  ///< Unix time.
};
using TokenSource = RenewalSource<AccessToken>;

/// The first that is set up of: AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET, or
/// with AZURE_FEDERATED_TOKEN_FILE; IDENTITY_ENDPOINT with IDENTITY_HEADER; the machine's service.
/// kUnsupported where the environment asks for another way. The clock outlives it.
std::unique_ptr<TokenSource> MakeTokenSource(Clock& clock, Environment environment);

}  // namespace tarn::block::azure
