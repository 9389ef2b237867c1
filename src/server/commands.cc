#include "server/commands.h"

#include <array>

namespace tarn::server {
namespace {

constexpr std::array<cli::CommandRow, 16> kCommands = {{
    {"actions validate", "Check an action file", NewActionsValidate},
    {"auth-server", "Serve users, groups and policies to servers that name it as auth.api.endpoint",
     NewAuthServer},
    {"run", "Serve the API", NewRun},
    {"setup", "Create the administrator and its key, once", NewSetup},
    {"init", "The same as setup", NewSetup, true},
    {"doctor", "See whether the configured database and object store can be worked with",
     NewDoctor},
    {"kv dump", "Write records of the key-value store to a file", NewKvDump},
    {"kv get", "Show a record", NewKvGet},
    {"kv load", "Write the records of a dump to the key-value store", NewKvLoad},
    {"kv scan", "List records", NewKvScan},
    {"migrate goto", "Bring the records to a version", NewMigrateGoto},
    {"migrate task list", "List the changes that can be made to records", NewMigrateTaskList},
    {"migrate task run", "Make such a change", NewMigrateTaskRun},
    {"migrate up", "Bring the records to the version of this program", NewMigrateUp},
    {"migrate version", "Show the version of the records", NewMigrateVersion},
    {"superuser", "Create the administrator of an installation that has none", NewSuperuser},
}};

}  // namespace

std::span<const cli::CommandRow> ServerCommands() { return kCommands; }

}  // namespace tarn::server
