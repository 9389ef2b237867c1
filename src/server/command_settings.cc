#include "server/command_settings.h"

#include <cstdlib>

namespace tarn::server {

Result<LoadedSettings> LoadForCommand(const cli::Session& session,
                                      std::map<std::string, std::string> overrides) {
  const cli::GlobalOptions& global = session.options();
  LoadOptions options;
  if (!global.config.empty()) options.file = global.config;
  options.as_reference = session.program() == "lakefs";
  if (global.quickstart) {
    options.profile = Profile::kQuickstart;
  } else if (global.local_settings) {
    options.profile = Profile::kLocalSettings;
  }
  options.data_directory = session.DataDirectory();
  options.overrides = std::move(overrides);
  options.home = session.home();
  options.environment = [](const char* name) { return std::getenv(name); };
  return LoadSettings(options, SystemRandom());
}

}  // namespace tarn::server
