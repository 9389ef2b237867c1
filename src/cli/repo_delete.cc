#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

class RepoDelete : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("repository", &uri_, "lakefs://REPOSITORY")
        .Flag("-y,--yes", &yes_, "Do not ask");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri,
                    ParseRepositoryUri("repository URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    fmt::print("Repository: {}\n", uri.ToString());
    if (!yes_ && !Confirm("Are you sure you want to delete repository: " + uri.repository)) {
      return {Code::kCancelled, fmt::format("Delete Repository '{}' aborted", uri.repository)};
    }
    TARN_TRY(api->Delete(RepositoryPath(uri.repository)));
    fmt::print("Repository '{}' deleted\n", uri.repository);
    return {};
  }

 private:
  std::string uri_;
  bool yes_ = false;
};

}  // namespace

std::unique_ptr<Command> NewRepoDelete() { return std::make_unique<RepoDelete>(); }

}  // namespace tarn::cli
