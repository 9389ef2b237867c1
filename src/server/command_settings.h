// Server settings as the command line, the environment and the files give them. Level 9.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cli/session.h"
#include "kv/store.h"
#include "server/settings.h"

namespace tarn::server {

/// Loads settings for a command. `overrides` come from the command's own options; `file`, if it is
/// not empty, is used in place of --config.
Result<LoadedSettings> LoadForCommand(const cli::Session& session,
                                      std::map<std::string, std::string> overrides,
                                      const std::string& file = "");

/// Opens the KV of the settings, for a command that says itself, once, what matters.
Result<std::unique_ptr<kv::Store>> OpenKvForCommand(const cli::Session& session);

}  // namespace tarn::server
