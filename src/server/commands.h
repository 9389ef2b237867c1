// The commands that need the server's own parts: run, setup, and the tools of the stores. Level 9.
#pragma once

#include <span>

#include "cli/command.h"

namespace tarn::server {

std::span<const cli::CommandRow> ServerCommands();

std::unique_ptr<cli::Command> NewActionsValidate();
std::unique_ptr<cli::Command> NewAuthServer();
std::unique_ptr<cli::Command> NewRun();
std::unique_ptr<cli::Command> NewSetup();
std::unique_ptr<cli::Command> NewSuperuser();
std::unique_ptr<cli::Command> NewMigrateVersion();
std::unique_ptr<cli::Command> NewMigrateUp();
std::unique_ptr<cli::Command> NewMigrateGoto();
std::unique_ptr<cli::Command> NewMigrateTaskList();
std::unique_ptr<cli::Command> NewMigrateTaskRun();
std::unique_ptr<cli::Command> NewKvGet();
std::unique_ptr<cli::Command> NewKvScan();
std::unique_ptr<cli::Command> NewDoctor();
std::unique_ptr<cli::Command> NewKvDump();
std::unique_ptr<cli::Command> NewKvLoad();

}  // namespace tarn::server
