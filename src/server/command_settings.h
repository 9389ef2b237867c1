// Server settings as the command line, the environment and the files give them. Level 9.
#pragma once

#include "cli/session.h"
#include "server/settings.h"

namespace tarn::server {

/// Loads settings for a command. `overrides` come from the command's own options.
Result<LoadedSettings> LoadForCommand(const cli::Session& session,
                                      std::map<std::string, std::string> overrides);

}  // namespace tarn::server
