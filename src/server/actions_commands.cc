#include <fmt/format.h>

#include "cli/read_file.h"
#include "hooks/action.h"
#include "server/commands.h"

namespace tarn::server {
namespace {

class ActionsValidate : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Positional("FILE", &file_, "Action file; - for the standard input");
  }

  Status Run(cli::Session&) override {
    TARN_TRY_ASSIGN(const std::string text, cli::ReadFile(file_));
    TARN_TRY(hooks::ParseAction(text).status());
    fmt::print("File validated successfully: '{}'\n", file_);
    return {};
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<cli::Command> NewActionsValidate() { return std::make_unique<ActionsValidate>(); }

}  // namespace tarn::server
