// Sets up where log lines go and how they look, from logging.*. Level 9; called by the main thread.
#pragma once

#include "base/result.h"
#include "server/settings.h"

namespace tarn::server {

/// Replaces the default logger: text (time="..." level=info msg="...") or JSON lines, to stdout
/// ("-"), stderr ("=") or files that rotate by size. kInvalidValue for an output that cannot be
/// opened.
Status SetUpLogging(const Settings& settings);

/// Applies logging.level only. False if the word is no level.
bool SetLogLevel(std::string_view level);

}  // namespace tarn::server
