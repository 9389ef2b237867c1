#include "auth/mode.h"
#include "base/log.h"
#include "cli/client_settings.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "server/auth_application.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/logging.h"
#include "server/process_limits.h"
#include "server/serving_loop.h"
#include "server/version.h"

namespace tarn::server {
namespace {

class AuthServerCommand : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Text("--listen", &listen_,
                   "Address to serve on (default 127.0.0.1:8000, or as configured)");
  }

  Status Run(cli::Session& session) override {
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, Overrides()));
    TARN_TRY(SetUpLogging(loaded.settings));
    PrepareProcess();
    const SignalQueue signals;
    TARN_LOG_INFO("configuration file: {}; given: {}", loaded.file.empty() ? "none" : loaded.file,
                  fmt::join(loaded.settings.Describe(Settings::Describing::kGiven), " "));
    AuthApplication application(loaded.settings);
    TARN_TRY(application.Start());
    PrintBanner(loaded.settings, application.port());
    WaitForEnd(signals, loaded.file, [&] { return LoadForCommand(session, Overrides()); });
    fmt::print(stderr, "Shutting down...\n");
    signals.Release();
    application.Stop();
    return {};
  }

 private:
  // The configuration may be that of a server which asks this one. Here are the users, and there
  // are no objects.
  std::map<std::string, std::string> Overrides() const {
    std::map<std::string, std::string> overrides = {
        {"auth.api.endpoint", ""},
        {"auth.ui_config.rbac", std::string(auth::ModeName(auth::Mode::kInternal))},
        {"blockstore.type", "transient"}};
    if (!listen_.empty()) overrides["listen_address"] = listen_;
    return overrides;
  }

  static void PrintBanner(const Settings& settings, uint16_t port) {
    const bool tls = settings.GetBool("tls.enabled");
    const std::string& address = settings.GetText("listen_address");
    std::string host = address.substr(0, address.rfind(':'));
    const bool is_open = host != "127.0.0.1" && host != "localhost" && host != "[::1]";
    if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
    fmt::print(stderr, "Tarn {} - serving users at {}://{}:{}/api/v1 (Ctrl-C to stop)\n",
               kTarnVersion, tls ? "https" : "http", host, port);
    if (!tls && is_open) {
      fmt::print(stderr,
                 "WARNING: secrets of users go over the network as they are; set tls.enabled, or "
                 "keep others off it.\n");
    }
  }

  std::string listen_;
};

}  // namespace

std::unique_ptr<cli::Command> NewAuthServer() { return std::make_unique<AuthServerCommand>(); }

}  // namespace tarn::server
