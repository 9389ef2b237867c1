#include "cli/commands.h"
#include "cli/read_file.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

class ActionsRun : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("FILE", &file_, "Action file; - for the standard input")
        .Text("--event", &event_, "What happens: pre-merge, post-commit and so on",
              Presence::kRequired)
        .Text("--ref", &ref_,
              "lakefs://REPOSITORY/REF: where it happens, and scripts are read from; of a merge "
              "the source",
              Presence::kRequired)
        .Text("--branch", &branch_,
              "Branch of the event (default: that of the ref; of a merge the default branch)")
        .Text("--tag", &tag_, "Tag of the event, for events of tags");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri, ParseRefUri("ref URI", session.CompleteUri(ref_)));
    TARN_TRY_ASSIGN(const std::string text, ReadFile(file_));
    Json::Object body = {
        {"event_type", Json(event_)}, {"ref", Json(uri.ref)}, {"content", Json(text)}};
    if (!branch_.empty()) body.emplace_back("branch", Json(branch_));
    if (!tag_.empty()) body.emplace_back("tag", Json(tag_));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    TARN_TRY_ASSIGN(const Json ran,
                    api->PostPatiently(RepositoryPath(uri.repository, "/actions/dry_run"),
                                       Json(std::move(body))));
    const Json* const hooks = ran.Find("hooks");
    if (hooks != nullptr && hooks->is_array()) {
      for (const Json& hook : hooks->items()) Print(hook);
    }
    if (ran.StringAt("status").value_or("") == "completed") return {};
    return {Code::kHookFailed, std::string(ran.StringAt("message").value_or("a hook failed"))};
  }

 private:
  static void Print(const Json& hook) {
    const auto text = [&](const char* name) { return hook.StringAt(name).value_or(""); };
    fmt::print("Hook {} of action {}: {}\n", text("hook_id"), text("action"), text("status"));
    const std::string output(text("output"));
    fmt::print("{}{}", output, output.empty() || output.ends_with('\n') ? "" : "\n");
  }

  std::string file_, event_, ref_, branch_, tag_;
};

}  // namespace

std::unique_ptr<Command> NewActionsRun() { return std::make_unique<ActionsRun>(); }

}  // namespace tarn::cli
