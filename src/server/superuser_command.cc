#include "auth/service.h"
#include "fmt/format.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/logging.h"
#include "server/module_options.h"
#include "server/stores.h"

namespace tarn::server {
namespace {

class SuperuserCommand : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    // --access-key-id and --secret-access-key, known to every command, give the key to use.
    arguments.Text("--user-name", &user_name_, "Name of the administrator",
                   cli::Presence::kRequired);
  }

  Status Run(cli::Session& session) override {
    SetLogLevel("none");  // what matters is said once, by the command
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, {}));
    TARN_TRY_ASSIGN(const auto kv, OpenKv(loaded.settings));
    auth::Service service(*kv, SystemClock(), SystemRandom(), AuthOptions(loaded.settings));
    auto made = service.CreateSuperuser(user_name_, session.options().access_key_id,
                                        session.options().secret_access_key);
    if (!made.ok()) return std::move(made).status().Prefixed("Failed to setup admin user: ");
    fmt::print("credentials:\n  access_key_id: {}\n  secret_access_key: {}\n", made->access_key_id,
               made->secret_access_key);
    return {};
  }

 private:
  std::string user_name_;
};

}  // namespace

std::unique_ptr<cli::Command> NewSuperuser() { return std::make_unique<SuperuserCommand>(); }

}  // namespace tarn::server
