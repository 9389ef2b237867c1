// One command of the program: a row of a table, a class that declares its options and runs.
//
// Adding a command: a file with the class and a New... function, and a row in commands.cc (client
// commands) or server/commands.cc. Groups ("repo") come from the words before the last of a path.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/arguments.h"

namespace tarn::cli {

class Session;

class Command {
 public:
  virtual ~Command() = default;
  /// Declares options and arguments, bound to members.
  virtual void Declare(Arguments& arguments) = 0;
  /// Does the work; results go to stdout. An error becomes one sentence on stderr and exit
  /// status 1.
  virtual Status Run(Session& session) = 0;
};

struct CommandRow {
  std::string_view path;     ///< "run", "repo list", "migrate task run"
  std::string_view summary;  ///< One line of the help.
  std::unique_ptr<Command> (*make)();
  bool hidden = false;
};

/// Summary of a group of commands.
struct GroupRow {
  std::string_view name;  ///< "repo", "migrate task"
  std::string_view summary;
};

/// The client commands.
std::span<const CommandRow> ClientCommands();
std::span<const GroupRow> ClientGroups();

/// Parses the command line, runs the command, returns the exit status: 0 done, 1 failed, 2 wrong
/// usage. `more` are rows besides the client's.
int Main(int argc, char** argv, std::span<const CommandRow> more, std::string_view version);

}  // namespace tarn::cli
