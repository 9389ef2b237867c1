#include "auth/service.h"
#include "cli/client_settings.h"
#include "fmt/format.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/data_directory.h"
#include "server/logging.h"
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
    SetLogLevel("none");  // what matters is said once, by the command
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, {}));
    auth::SetupRequest request;
    request.username = user_name_;
    if (!access_key_id.empty()) request.key = auth::Credentials{access_key_id, secret, {}};
    std::string address = session.options().server;
    if (address.empty()) address = loaded.settings.GetText("listen_address");
    if (address.starts_with(':')) address.insert(0, "127.0.0.1");
    const std::string endpoint = cli::NormalEndpoint(address);
    auto kv = OpenKv(loaded.settings);
    // The embedded database belongs to one process: a server that runs must do it then.
    auto made = kv.code() == Code::kConflict ? SetUpByServer(session, endpoint, request)
                                             : SetUpStore(std::move(kv), loaded.settings, request);
    if (made.code() == Code::kConflict) return {Code::kConflict, "Setup is already complete."};
    if (!made.ok()) return std::move(made).status().Prefixed("Setup failed: ");
    fmt::print("credentials:\n  access_key_id: {}\n  secret_access_key: {}\n", made->access_key_id,
               made->secret_access_key);
    if (!loaded.embedded) return {};
    // Commands on this machine find the key beside the data it is for.
    return WritePrivateFile(
        session.DataDirectory() + cli::kCredentialsFile,
        cli::CredentialsFileText({endpoint, made->access_key_id, made->secret_access_key}));
  }

 private:
  static Result<auth::Credentials> SetUpStore(Result<std::unique_ptr<kv::Store>> opened,
                                              const Settings& settings,
                                              const auth::SetupRequest& request) {
    TARN_TRY_ASSIGN(const auto kv, std::move(opened));
    auth::Service service(*kv, SystemClock(), SystemRandom(), AuthOptions(settings));
    return service.SetUp(request);
  }

  static Result<auth::Credentials> SetUpByServer(const cli::Session& session,
                                                 const std::string& endpoint,
                                                 const auth::SetupRequest& request) {
    cli::ApiClient api({endpoint, "", ""}, session.program());
    Json body(Json::Object{{"username", Json(request.username)}});
    if (request.key) {
      body.Set("key",
               Json(Json::Object{{"access_key_id", Json(request.key->access_key_id)},
                                 {"secret_access_key", Json(request.key->secret_access_key)}}));
    }
    TARN_TRY_ASSIGN(const Json made, api.Post("/setup_lakefs", body));
    return auth::Credentials{std::string(made.StringAt("access_key_id").value_or("")),
                             std::string(made.StringAt("secret_access_key").value_or("")),
                             {}};
  }

  std::string user_name_;
  bool no_check_ = false;
};

}  // namespace

std::unique_ptr<cli::Command> NewSetup() { return std::make_unique<SetupCommand>(); }

}  // namespace tarn::server
