#include "server/commands.h"

#include <array>

namespace tarn::server {
namespace {

constexpr std::array<cli::CommandRow, 3> kCommands = {{
    {"run", "Serve the API", NewRun},
    {"setup", "Create the administrator and its key, once", NewSetup},
    {"init", "The same as setup", NewSetup, true},
}};

}  // namespace

std::span<const cli::CommandRow> ServerCommands() { return kCommands; }

}  // namespace tarn::server
