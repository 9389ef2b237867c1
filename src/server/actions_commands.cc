#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "hooks/action.h"
#include "server/commands.h"

namespace tarn::server {
namespace {

/// Bytes of a file, or of the standard input for "-".
Result<std::string> ReadAll(const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(name, std::ios::binary);
    if (!file) return Status(Code::kIo, fmt::format("open {}: no such file or directory", name));
  }
  std::istream& in = name == "-" ? std::cin : file;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class ActionsValidate : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments.Positional("FILE", &file_, "Action file; - for the standard input");
  }

  Status Run(cli::Session&) override {
    TARN_TRY_ASSIGN(const std::string text, ReadAll(file_));
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
