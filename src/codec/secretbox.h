// Secrets at rest: salt(8) || nonce(24) || XSalsa20-Poly1305 box, with the key derived from the
// server's secret by scrypt (N=512, r=8, p=1). The reference's format: docs/formats/kv.md. Level 1;
// pure functions. One call costs about a millisecond of CPU, by design of scrypt.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace tarn {

/// Encrypts `text` under `secret_key`; salt and nonce come from `random`.
std::string SealSecret(std::string_view secret_key, std::string_view text, Random& random);

/// Decrypts; kCorrupt ("could not decrypt value") for another key, damaged or short bytes.
Result<std::string> OpenSecret(std::string_view secret_key, std::string_view sealed);

}  // namespace tarn
