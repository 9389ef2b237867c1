#include "auth/service.h"
#include "cli/client_settings.h"
#include "fmt/format.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/data_directory.h"
#include "server/module_options.h"
#include "server/stores.h"

namespace tarn::server {
namespace {

class SetupCommand : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    // --access-key-id and --secret-access-key, known to every command, give the key to use.
    arguments
        .Text("--user-name", &user_name_, "Name of the administrator", cli::Presence::kRequired)
        .Flag("--no-check", &no_check_, "Accepted for compatibility", cli::Presence::kHidden);
  }

  Status Run(cli::Session& session) override {
    const std::string& access_key_id = session.options().access_key_id;
    const std::string& secret = session.options().secret_access_key;
    if (access_key_id.empty() != secret.empty()) {
      return {Code::kInvalidValue, "give both --access-key-id and --secret-access-key, or neither"};
    }
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, {}));
    TARN_TRY_ASSIGN(const auto kv, OpenKv(loaded.settings));
    auth::Service service(*kv, SystemClock(), SystemRandom(), AuthOptions(loaded.settings));
    if (auto status = service.CheckSchema(); !status.ok()) {
      return std::move(status).Prefixed("Failed to setup DB: ");
    }
    auth::SetupRequest request;
    request.username = user_name_;
    if (!access_key_id.empty()) request.key = auth::Credentials{access_key_id, secret, {}};
    const auto made = service.SetUp(request);
    if (made.code() == Code::kConflict) return {Code::kConflict, "Setup is already complete."};
    if (!made.ok()) return made.status().Prefixed("Setup failed: ");
    fmt::print("credentials:\n  access_key_id: {}\n  secret_access_key: {}\n", made->access_key_id,
               made->secret_access_key);
    if (!loaded.embedded) return {};
    // Commands on this machine find the key beside the data it is for.
    return WritePrivateFile(
        session.DataDirectory() + cli::kCredentialsFile,
        cli::CredentialsFileText({cli::NormalEndpoint(loaded.settings.GetText("listen_address")),
                                  made->access_key_id, made->secret_access_key}));
  }

 private:
  std::string user_name_;
  bool no_check_ = false;
};

}  // namespace

std::unique_ptr<cli::Command> NewSetup() { return std::make_unique<SetupCommand>(); }

}  // namespace tarn::server
