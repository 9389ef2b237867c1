// The data directory of the embedded default: metadata, objects, and secrets that are generated on
// first use and readable by the owner only. Level 9.
//
//   DIR/secrets.yaml      mode 0600: auth.encrypt.secret_key, blockstore.signing.secret_key
//   DIR/credentials.yaml  mode 0600: the administrator's key, written by `tarn setup`
//   DIR/kv/  DIR/objects/
#pragma once

#include <map>
#include <string>

#include "base/random.h"
#include "base/result.h"

namespace tarn::server {

/// Makes the directory and its secrets where missing; returns the secrets by key. kInvalidValue
/// with a sentence when the directory cannot be used.
Result<std::map<std::string, std::string>> PrepareDataDirectory(const std::string& directory,
                                                                Random& random);

/// Replaces a small file whole, durably, readable by the owner only.
Status WritePrivateFile(const std::string& path, std::string_view text);

}  // namespace tarn::server
