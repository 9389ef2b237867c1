#include "base/log.h"
#include "cli/client_settings.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "server/application.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/logging.h"
#include "server/module_options.h"
#include "server/process_limits.h"
#include "server/serving_loop.h"
#include "server/version.h"

namespace tarn::server {
namespace {

constexpr int64_t kDrainSecondsMax = 3600;

class RunCommand : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments
        .Text("--listen", &listen_,
              "Address to serve on (default 127.0.0.1:8000, or as configured)")
        .Int("--drain", &drain_seconds_,
             "Asked to stop, first say at /_ready that this server is not ready, and serve so many "
             "seconds more (default 0)")
        .Flag("-m,--allow-mismatched-repos", &allow_mismatched_,
              "Start even if repositories belong to another kind of object store",
              cli::Presence::kHidden);
  }

  Status Run(cli::Session& session) override {
    if (drain_seconds_ < 0 || drain_seconds_ > kDrainSecondsMax) {
      return {Code::kInvalidValue,
              fmt::format("--drain must be from 0 to {} seconds", kDrainSecondsMax)};
    }
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, Overrides()));
    TARN_TRY(SetUpLogging(loaded.settings));
    PrepareProcess();
    const SignalQueue signals;
    using Describing = Settings::Describing;
    TARN_LOG_INFO("configuration file: {}; given: {}", loaded.file.empty() ? "none" : loaded.file,
                  fmt::join(loaded.settings.Describe(Describing::kGiven), " "));
    TARN_LOG_DEBUG("configuration: {}", fmt::join(loaded.settings.Describe(Describing::kAll), " "));
    Application application(loaded.settings, {.allow_mismatched_repositories = allow_mismatched_});
    TARN_TRY(application.Start());
    PrintBanner(session, loaded, application);
    WaitForEnd(signals, loaded.file, [&] { return LoadForCommand(session, Overrides()); });
    Drain(signals, application);
    fmt::print(stderr, "Shutting down...\n");
    signals.Release();
    application.Stop();
    return {};
  }

 private:
  void Drain(const SignalQueue& signals, Application& application) const {
    if (drain_seconds_ == 0) return;
    application.Retire();
    fmt::print(stderr, "Not ready any more, serving for {} s; once more to stop at once\n",
               drain_seconds_);
    const Deadline end(drain_seconds_ * 1000);
    for (int64_t left_ms = end.RemainingMs(); left_ms > 0; left_ms = end.RemainingMs()) {
      const int signal = signals.Wait(static_cast<int>((left_ms + 999) / 1000));
      if (SignalQueue::Ends(signal)) return;
    }
  }

  std::map<std::string, std::string> Overrides() const {
    std::map<std::string, std::string> overrides;
    if (!listen_.empty()) overrides["listen_address"] = listen_;
    return overrides;
  }

  static void PrintBanner(const cli::Session& session, const LoadedSettings& loaded,
                          Application& application) {
    const Settings& settings = loaded.settings;
    const bool tls = settings.GetBool("tls.enabled");
    std::string host = settings.GetText("listen_address");
    host = host.substr(0, host.rfind(':'));
    if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
    const std::string address =
        fmt::format("{}://{}:{}/", tls ? "https" : "http", host, application.port());
    fmt::print(stderr, "Tarn {} - up and running at {} (Ctrl-C to stop)\n", kTarnVersion, address);
    if (loaded.embedded) fmt::print(stderr, "Everything is kept in {}\n", session.DataDirectory());
    if (settings.GetText("blockstore.type") == "mem" ||
        settings.GetText("database.type") == "mem") {
      fmt::print(stderr, "WARNING: a store of type mem forgets everything when it stops.\n");
    }
    if (BlockstoreType(settings) == "transient") {
      fmt::print(stderr, "WARNING: a store of type transient keeps nothing at all.\n");
    }
    const auto initialized = application.auth().Initialized();
    if (initialized.ok() && !*initialized) {
      fmt::print(
          stderr,
          "Not set up yet: POST {{\"username\":\"admin\"}} to {}api/v1/setup_lakefs, or stop "
          "it and run `{} setup --user-name admin`\n",
          address, session.program());
    }
    if (session.options().quickstart) {
      fmt::print(stderr, "WARNING: quickstart is for trying out, its key is public: {} / {}\n",
                 settings.GetText("installation.access_key_id"),
                 settings.GetText("installation.secret_access_key"));
    }
  }

  std::string listen_;
  int64_t drain_seconds_ = 0;
  bool allow_mismatched_ = false;
};

}  // namespace

std::unique_ptr<cli::Command> NewRun() { return std::make_unique<RunCommand>(); }

}  // namespace tarn::server
