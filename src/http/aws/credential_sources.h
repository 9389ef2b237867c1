// Where credentials come from, in the order of the usual tools: the configuration, the environment,
// a web identity, the shared files with a profile, the container, the instance. Level 2; a source
// belongs to one thread at a time.
//
// Sources: "Standardized credential providers" of the AWS SDKs and Tools Reference Guide.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "http/aws/credentials.h"

namespace tarn::http::aws {

struct CredentialOptions {
  Credentials fixed;  ///< Counts when it has an access key.
  /// Empty: by the environment, else "default". A profile that is named comes before keys of the
  /// environment.
  std::string profile;
  std::string credentials_file;      ///< Empty: by the environment, else ~/.aws/credentials.
  std::string region;                ///< Of the service that takes web identities.
  int64_t web_identity_seconds = 0;  ///< How long such keys shall last; 0: as the service likes.
};

/// The region that the environment names, else the shared files for the profile (empty: as for
/// keys); empty if none does. May wait for the disk.
std::string FindRegion(const std::string& profile, const Environment& environment);

/// The first of all sources that is set up. What a file or the environment says is read with each
/// call. The clock outlives it.
std::unique_ptr<CredentialSource> MakeCredentialSource(CredentialOptions options, Clock& clock,
                                                       Environment environment);

}  // namespace tarn::http::aws
