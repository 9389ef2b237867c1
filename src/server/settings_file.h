// Reads a YAML file (JSON is YAML too) into dotted lower-case keys. Level 9.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/settings.h"

namespace tarn::server {

inline constexpr size_t kConfigFileBytesMax = 4 << 20;

/// Values by key of one document. Sections are descended into until a key of the table is met, so
/// that a map-typed key keeps its map. kInvalidValue for what is no YAML, and for keys that the
/// table does not have (all of them are named). `name` is for messages.
Result<std::map<std::string, RawValue>> ParseConfig(std::string_view text, std::string_view name);

/// Reads and parses a file. kInvalidValue with the reason when it cannot be read.
Result<std::map<std::string, RawValue>> ReadConfigFile(const std::string& path);

}  // namespace tarn::server
