#include "cli/commands.h"
#include "cli/session.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

class Version : public Command {
 public:
  void Declare(Arguments&) override {}

  Status Run(Session& session) override {
    fmt::print("{} version: {}\n", session.program(), session.version());
    // The server's is shown if it can be asked; a program without a server has a version too.
    const auto api = session.Api();
    if (!api.ok()) return {};
    const auto answer = (*api)->Get("/config/version");
    if (answer.ok()) {
      fmt::print("lakeFS version: {}\n", answer->StringAt("version").value_or(""));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Command> NewVersion() { return std::make_unique<Version>(); }

}  // namespace tarn::cli
