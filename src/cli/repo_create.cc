#include "cli/commands.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

class RepoCreate : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("repository", &uri_, "lakefs://REPOSITORY")
        .Positional("namespace", &namespace_, "Where its objects go, for example local://lake")
        .Text("-d,--default-branch", &default_branch_, "Name of the default branch")
        .Flag("--sample-data", &sample_data_, "Put data in to play with");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri,
                    ParseRepositoryUri("repository URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    fmt::print("Repository: {}\n", uri.ToString());
    const Json body(Json::Object{{"name", Json(uri.repository)},
                                 {"storage_namespace", Json(namespace_)},
                                 {"default_branch", Json(default_branch_)},
                                 {"sample_data", Json(sample_data_)}});
    TARN_TRY_ASSIGN(const Json made, api->Post("/repositories", body));
    fmt::print(
        "Repository '{}' created:\nstorage namespace: {}\ndefault branch: {}\ntimestamp: {}\n",
        made.StringAt("id").value_or(""), made.StringAt("storage_namespace").value_or(""),
        made.StringAt("default_branch").value_or(""), made.IntAt("creation_date").value_or(0));
    if (sample_data_) fmt::print("sample data included\n");
    return {};
  }

 private:
  std::string uri_, namespace_, default_branch_ = "main";
  bool sample_data_ = false;
};

}  // namespace

std::unique_ptr<Command> NewRepoCreate() { return std::make_unique<RepoCreate>(); }

}  // namespace tarn::cli
