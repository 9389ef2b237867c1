// Facts about this installation that are kept in the KV for support. Level 9.
#pragma once

#include <map>
#include <string>

#include "server/settings.h"

namespace tarn::server {

/// Names and values of docs/formats/kv.md, "installation_metadata".
std::map<std::string, std::string> InstallationFacts(const Settings& settings);

}  // namespace tarn::server
