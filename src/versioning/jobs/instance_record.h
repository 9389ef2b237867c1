// The stored form of a server's heartbeat (docs/formats/kv.md). Level 6; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::versioning {

std::string EncodeHeartbeat(Timestamp now);
/// kCorrupt.
Result<Timestamp> DecodeHeartbeat(std::string_view bytes);

}  // namespace tarn::versioning
