#include "server/command_settings.h"

#include <cstdlib>

#include "server/logging.h"
#include "server/stores.h"

namespace tarn::server {

Result<LoadedSettings> LoadForCommand(const cli::Session& session,
                                      std::map<std::string, std::string> overrides,
                                      const std::string& file) {
  const cli::GlobalOptions& global = session.options();
  LoadOptions options;
  if (!global.config.empty()) options.file = global.config;
  if (!file.empty()) options.file = file;
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

Result<std::unique_ptr<kv::Store>> OpenKvForCommand(const cli::Session& session) {
  SetLogLevel("none");
  TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, {}));
  return OpenKv(loaded.settings);
}

}  // namespace tarn::server
