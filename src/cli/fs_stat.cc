#include "cli/commands.h"
#include "cli/object_stats.h"
#include "cli/session.h"
#include "cli/uri.h"

namespace tarn::cli {
namespace {

class FsStat : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("path", &uri_, "lakefs://REPOSITORY/REF/PATH");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri, ParsePathUri("path URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    TARN_TRY_ASSIGN(const Json stats, api->Get(RefPath(uri.repository, uri.ref, "/objects/stat"),
                                               {{"path", *uri.path}}));
    PrintObjectStats(stats);
    return {};
  }

 private:
  std::string uri_;
};

}  // namespace

std::unique_ptr<Command> NewFsStat() { return std::make_unique<FsStat>(); }

}  // namespace tarn::cli
