#include "cli/commands.h"
#include "cli/format.h"
#include "cli/list_options.h"
#include "cli/session.h"

namespace tarn::cli {
namespace {

class RepoList : public Command {
 public:
  void Declare(Arguments& arguments) override { options_.Declare(arguments); }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    TARN_TRY_ASSIGN(const Json page, api->Get("/repositories", options_.ToParameters()));
    std::vector<std::vector<std::string>> rows;
    for (const Json& item : page.Find("results")->items()) {
      const auto text = [&](const char* name) {
        return std::string(item.StringAt(name).value_or(""));
      };
      // The fourth column shows the id again, as the reference's client does.
      rows.push_back({text("id"), FormatDate(item.IntAt("creation_date").value_or(0)),
                      text("default_branch"), text("id"), text("storage_namespace")});
    }
    PrintPage(
        {"Repository", "Creation Date", "Default Ref Name", "Storage ID", "Storage Namespace"},
        rows, page, options_);
    return {};
  }

 private:
  ListOptions options_;
};

}  // namespace

std::unique_ptr<Command> NewRepoList() { return std::make_unique<RepoList>(); }

}  // namespace tarn::cli
