#include "cli/commands.h"
#include "cli/object_stats.h"
#include "cli/session.h"
#include "cli/uri.h"

namespace tarn::cli {
namespace {

class FsUpload : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("path", &uri_, "lakefs://REPOSITORY/BRANCH/PATH")
        .Text("-s,--source", &source_, "File to upload; - for standard input", Presence::kRequired)
        .Text("--content-type", &content_type_, "Type to store with the object");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri, ParsePathUri("path URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    TARN_TRY_ASSIGN(const Json stats, api->Upload(BranchPath(uri.repository, uri.ref, "/objects"),
                                                  {{"path", *uri.path}}, source_, content_type_));
    PrintObjectStats(stats);
    return {};
  }

 private:
  std::string uri_, source_, content_type_ = "application/octet-stream";
};

}  // namespace

std::unique_ptr<Command> NewFsUpload() { return std::make_unique<FsUpload>(); }

}  // namespace tarn::cli
