// Times in XML answers. Level 8; pure functions.
#pragma once

#include <string>

#include "base/clock.h"

namespace tarn::s3gw {

/// Appends "2006-01-02T15:04:05.000Z", always with milliseconds, which are cut off and not rounded.
void AppendXmlTime(std::string* out, Timestamp time);
std::string FormatXmlTime(Timestamp time);

}  // namespace tarn::s3gw
