#include "cli/commands.h"

#include <array>

namespace tarn::cli {
namespace {

constexpr std::array<CommandRow, 13> kCommands = {{
    {"actions run",
     "Run the hooks of an action file as if an event happened. Nothing is recorded or changed by "
     "this, but webhooks are called, and scripts change what they ask the server to change. Fails "
     "if a hook does",
     NewActionsRun},
    {"actions runs", "Show runs of actions", NewActionsRuns},
    {"auth explain", "Say whether a user may do something, and why", NewAuthExplain},
    {"fs cat", "Write an object to standard output", NewFsCat},
    {"fs ls", "List objects", NewFsLs},
    {"fs stat", "Show what is known about an object", NewFsStat},
    {"fs upload", "Upload a file", NewFsUpload},
    {"import", "Take existing objects into a branch without copying them", NewImport},
    {"log", "Show the commits that lead to a ref", NewLog},
    {"repo create", "Create a repository", NewRepoCreate},
    {"repo delete", "Delete a repository", NewRepoDelete},
    {"repo list", "List repositories", NewRepoList},
    {"version", "Show the versions of program and server", NewVersion},
}};

constexpr std::array<GroupRow, 7> kGroups = {{
    {"actions", "Hooks"},
    {"auth", "Users and what they may do"},
    {"fs", "Objects"},
    {"kv", "Records of the key-value store, while no server uses it"},
    {"migrate", "The version of the records of the key-value store"},
    {"migrate task", "Changes to records that an installation may need"},
    {"repo", "Repositories"},
}};

}  // namespace

std::span<const CommandRow> ClientCommands() { return kCommands; }
std::span<const GroupRow> ClientGroups() { return kGroups; }

}  // namespace tarn::cli
