#include "server/commands.h"

#include <array>

namespace tarn::server {
namespace {

constexpr std::array<cli::CommandRow, 7> kCommands = {{
    {"run", "Serve the API", NewRun},
    {"setup", "Create the administrator and its key, once", NewSetup},
    {"init", "The same as setup", NewSetup, true},
    {"kv dump", "Write records of the key-value store to a file", NewKvDump},
    {"kv get", "Show a record", NewKvGet},
    {"kv load", "Write the records of a dump to the key-value store", NewKvLoad},
    {"kv scan", "List records", NewKvScan},
}};

}  // namespace

std::span<const cli::CommandRow> ServerCommands() { return kCommands; }

}  // namespace tarn::server
