// The makers of all client commands, one per file.
#pragma once

#include <memory>

#include "cli/command.h"

namespace tarn::cli {

std::unique_ptr<Command> NewActionsRun();
std::unique_ptr<Command> NewActionsRuns();
std::unique_ptr<Command> NewAuthExplain();
std::unique_ptr<Command> NewFsCat();
std::unique_ptr<Command> NewFsLs();
std::unique_ptr<Command> NewFsStat();
std::unique_ptr<Command> NewFsUpload();
std::unique_ptr<Command> NewImport();
std::unique_ptr<Command> NewLog();
std::unique_ptr<Command> NewRepoCreate();
std::unique_ptr<Command> NewRepoDelete();
std::unique_ptr<Command> NewRepoList();
std::unique_ptr<Command> NewVersion();

}  // namespace tarn::cli
