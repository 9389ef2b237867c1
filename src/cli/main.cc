#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>

#include "cli/command.h"
#include "cli/session.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

constexpr const char* kAbout =
    "Tarn: versions for data lakes. Branches, commits and merges over objects in place.\n"
    "\n"
    "  tarn run                                  serve (data in ~/.tarn unless configured)\n"
    "  tarn setup --user-name admin              create the administrator's key, once\n"
    "  tarn repo create lakefs://lake local://lake\n"
    "  tarn import /data lakefs://lake/main/     take a directory in, without copying it";

void AddGlobalOptions(CLI::App* app, GlobalOptions* options) {
  app->add_option("-c,--config", options->config,
                  "Configuration file (of the server for run and setup, else of the client)")
      ->type_name("FILE");
  app->add_option("--data", options->data,
                  "Data directory of a server without configuration file (default ~/.tarn, or "
                  "$TARN_DATA)")
      ->type_name("DIR");
  app->add_option("--server", options->server,
                  "Address of the server (default http://127.0.0.1:8000)")
      ->type_name("URL");
  app->add_option("--access-key-id", options->access_key_id, "Who calls")->type_name("ID");
  app->add_option("--secret-access-key", options->secret_access_key,
                  "The secret of that key; better kept in a file or the environment")
      ->type_name("SECRET");
  app->add_option("--base-uri", options->base_uri, "Put before URIs that do not begin with lakefs:")
      ->type_name("URI");
  app->add_flag("--quickstart", options->quickstart,
                "Server: local stores and a fixed administrator, to try things out");
  app->add_flag("--local-settings", options->local_settings, "Server: local stores")->group("");
}

/// "migrate task run" is "migrate task" and "run".
std::pair<std::string, std::string> SplitLastWord(std::string_view path) {
  const size_t space = path.rfind(' ');
  if (space == std::string_view::npos) return {"", std::string(path)};
  return {std::string(path.substr(0, space)), std::string(path.substr(space + 1))};
}

// The program as a tree of library objects; `commands` keeps the variables they are bound to.
struct Tree {
  std::map<CLI::App*, std::unique_ptr<Command>> commands;
  std::map<std::string, CLI::App*> groups;

  void Add(CLI::App* root, const CommandRow& row) {
    const auto [group, name] = SplitLastWord(row.path);
    CLI::App* app = Group(root, group)->add_subcommand(name, std::string(row.summary));
    app->fallthrough();
    if (row.hidden) app->group("");
    auto command = row.make();
    Arguments arguments(*app);
    command->Declare(arguments);
    commands[app] = std::move(command);
  }

  /// The group of that path, made with those around it when asked for first; "" is the root.
  CLI::App* Group(CLI::App* root, const std::string& path) {
    if (path.empty()) return root;
    if (const auto made = groups.find(path); made != groups.end()) return made->second;
    std::string summary;
    for (const GroupRow& group : ClientGroups()) {
      if (group.name == path) summary = group.summary;
    }
    const auto [around, name] = SplitLastWord(path);
    CLI::App* app = Group(root, around)->add_subcommand(name, summary);
    app->fallthrough();
    app->require_subcommand(1);
    groups[path] = app;
    return app;
  }

  Command* Chosen(const CLI::App& root) const {
    const CLI::App* app = &root;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    for (const auto& [key, command] : commands) {
      if (key == app) return command.get();
    }
    return nullptr;
  }
};

// CLI11's texts end in newlines of its own taste and name no program.
int ReportUsage(const CLI::App& root, const CLI::ParseError& error, const std::string& program) {
  if (error.get_exit_code() == 0) return root.exit(error);  // --help, --version
  fmt::print(stderr, "{}: {} (see {} --help)\n", program, error.what(), program);
  return kExitUsage;
}

}  // namespace

int Main(int argc, char** argv, std::span<const CommandRow> more, std::string_view version) {
  const std::string program =
      argc > 0 ? std::filesystem::path(argv[0]).filename().string() : std::string("tarn");
  CLI::App root(kAbout, program);
  GlobalOptions options;
  Tree tree;
  root.require_subcommand(1);
  root.fallthrough();
  root.set_version_flag("--version", fmt::format("{} version: {}", program, version));
  AddGlobalOptions(&root, &options);
  for (const CommandRow& row : more) tree.Add(&root, row);
  for (const CommandRow& row : ClientCommands()) tree.Add(&root, row);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportUsage(root, error, program);
  }
  Command* command = tree.Chosen(root);
  if (command == nullptr) return kExitUsage;
  Session session(options, program, std::string(version));
  const Status status = command->Run(session);
  if (status.ok()) return 0;
  fmt::print(stderr, "{}: {}\n", program, status.message());
  return kExitFailed;
}

}  // namespace tarn::cli
