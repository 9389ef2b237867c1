// The stored form of who commits to a branch just now: MostlyCorrectOwnership (docs/formats/kv.md).
// Level 6; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::versioning {

std::string EncodeOwnership(std::string_view owner, Timestamp expires);
/// When it runs out. kCorrupt.
Result<Timestamp> DecodeOwnershipExpiry(std::string_view bytes);

}  // namespace tarn::versioning
