// The commands that need the server's own parts: run and setup. Level 9.
#pragma once

#include <span>

#include "cli/command.h"

namespace tarn::server {

std::span<const cli::CommandRow> ServerCommands();

std::unique_ptr<cli::Command> NewRun();
std::unique_ptr<cli::Command> NewSetup();

}  // namespace tarn::server
