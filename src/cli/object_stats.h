// An object of the API as commands print it.
#pragma once

#include "codec/json.h"

namespace tarn::cli {

/// Prints everything known about an object, several lines.
void PrintObjectStats(const Json& stats);

}  // namespace tarn::cli
