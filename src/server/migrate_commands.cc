// migrate version | up | goto | task: the version of the records in the KV, and changes to records
// that an installation may need. A server that uses the embedded store must be stopped first.
#include "auth/schema.h"
#include "fmt/format.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/decode_namespaces.h"
#include "server/logging.h"
#include "server/module_options.h"
#include "server/stores.h"

namespace tarn::server {
namespace {

constexpr std::string_view kNothingToDo = "No migrations to apply.";
constexpr std::string_view kDone = "Migration completed successfully.";

constexpr std::string_view kDecodeTask = "storage-ns-encoded";
constexpr std::string_view kDecodeSummary =
    "write storage namespaces that were stored percent-encoded as they are";

Status NotInitialized() {
  return {Code::kNotFound, "No version information - KV not initialized."};
}

class MigrateVersion : public cli::Command {
 public:
  void Declare(cli::Arguments& /*arguments*/) override {}
  Status Run(cli::Session& session) override {
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    TARN_TRY_ASSIGN(const auto version, auth::ReadSchemaVersion(*kv));
    if (!version) return NotInitialized();
    TARN_TRY(
        auth::CheckSchemaVersion(*version).Prefixed(fmt::format("Schema version: {}. ", *version)));
    fmt::print("Database schema version: {}\n", *version);
    return {};
  }
};

class MigrateUp : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Flag("--force", &force_, "Accepted for compatibility", cli::Presence::kHidden);
  }
  Status Run(cli::Session& session) override {
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    auto migrated = auth::MigrateSchema(*kv);
    if (migrated.code() == Code::kNotFound) {
      return std::move(migrated).status().Prefixed("Failed to get KV version: ");
    }
    TARN_TRY(migrated.status());
    fmt::print("{}\n", *migrated ? kDone : kNothingToDo);
    return {};
  }

 private:
  bool force_ = false;
};

class MigrateGoto : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Int("--version", &version_, "The version to go to", cli::Presence::kRequired)
        .Flag("--force", &force_, "Needed: it may lose what the other version cannot hold");
  }
  Status Run(cli::Session& session) override {
    if (!force_) return {Code::kInvalidValue, "migrate goto needs --force"};
    if (version_ != auth::kSchemaVersion) {
      return {Code::kUnsupported,
              fmt::format("there is no way to version {}; this program works with version {}",
                          version_, auth::kSchemaVersion)};
    }
    TARN_TRY_ASSIGN(const auto kv, OpenKvForCommand(session));
    TARN_TRY_ASSIGN(const auto found, auth::ReadSchemaVersion(*kv));
    if (!found) return NotInitialized();
    TARN_TRY(auth::CheckSchemaVersion(*found));
    fmt::print("{}\n", kNothingToDo);
    return {};
  }

 private:
  int64_t version_ = 0;
  bool force_ = false;
};

class MigrateTaskList : public cli::Command {
 public:
  void Declare(cli::Arguments& /*arguments*/) override {}
  Status Run(cli::Session& /*session*/) override {
    fmt::print("Available migration tasks:\n  {}: {}\n", kDecodeTask, kDecodeSummary);
    return {};
  }
};

class MigrateTaskRun : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Positional("name", &name_, "The task, as migrate task list names it")
        .Flag("--dry-run", &dry_run_, "Say what would be done and change nothing");
  }
  Status Run(cli::Session& session) override {
    if (name_ != kDecodeTask) {
      return {Code::kInvalidValue,
              fmt::format("there is no task {}; migrate task list names them", name_)};
    }
    SetLogLevel("none");  // what matters is said once, by the command
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, {}));
    TARN_TRY_ASSIGN(const auto kv, OpenKv(loaded.settings));
    TARN_TRY_ASSIGN(const auto objects, OpenObjects(loaded.settings, SystemClock()));
    DecodeOptions options;
    options.block_storage_prefix = loaded.settings.GetText("committed.block_storage_prefix");
    options.dry_run = dry_run_;
    TARN_TRY_ASSIGN(const auto decoded, DecodeNamespaces(*kv, *objects, options));
    for (const DecodedNamespace& found : decoded) {
      fmt::print("{}: {} -> {}{}\n", found.repository, found.before, found.after,
                 found.is_there ? "" : " (left: nothing of a repository can be read there)");
    }
    fmt::print("{}\n", decoded.empty() ? kNothingToDo : dry_run_ ? "Nothing was changed." : kDone);
    return {};
  }

 private:
  std::string name_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<cli::Command> NewMigrateVersion() { return std::make_unique<MigrateVersion>(); }
std::unique_ptr<cli::Command> NewMigrateUp() { return std::make_unique<MigrateUp>(); }
std::unique_ptr<cli::Command> NewMigrateGoto() { return std::make_unique<MigrateGoto>(); }
std::unique_ptr<cli::Command> NewMigrateTaskList() { return std::make_unique<MigrateTaskList>(); }
std::unique_ptr<cli::Command> NewMigrateTaskRun() { return std::make_unique<MigrateTaskRun>(); }

}  // namespace tarn::server
