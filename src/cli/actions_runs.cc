#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <thread>

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "codec/url.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

constexpr auto kPollPeriod = std::chrono::seconds(1);
/// As many as the server gives at once: what ends between two looks should be among them.
constexpr const char* kLookedAt = "1000";
constexpr size_t kWidthOfEvent = 18;

std::string TextAt(const Json& json, const char* name) {
  return std::string(json.StringAt(name).value_or(""));
}

std::vector<Json> ItemsAt(const Json& json, const char* name) {
  const Json* const items = json.Find(name);
  if (items == nullptr || !items->is_array()) return {};
  return items->items();
}

void PrintRun(const Json& run) {
  fmt::print("{} {:<9} {:<{}} {} {} {}\n", TextAt(run, "run_id"), TextAt(run, "status"),
             TextAt(run, "event_type"), kWidthOfEvent, TextAt(run, "start_time"),
             TextAt(run, "branch"), TextAt(run, "commit_id").substr(0, 12));
}

/// Shows runs and hooks whenever their status is another.
class Follower {
 public:
  Follower(ApiClient& api, std::string path, Parameters filter, bool with_output)
      : api_(api), path_(std::move(path)), filter_(std::move(filter)), with_output_(with_output) {
    filter_.emplace_back("amount", kLookedAt);
  }

  Status Run() {
    TARN_TRY(LookAtEnded(/*is_first=*/true));
    while (true) {
      TARN_TRY_ASSIGN(const Json running, api_.Get(path_ + "/running"));
      for (const Json& run : ItemsAt(running, "results")) {
        if (IsWanted(run)) TARN_TRY(Show(run, ItemsAt(run, "hooks")));
      }
      TARN_TRY(LookAtEnded(/*is_first=*/false));
      std::fflush(stdout);
      std::this_thread::sleep_for(kPollPeriod);
    }
  }

 private:
  struct Shown {
    std::string status;
    std::map<std::string, std::string> hooks;  ///< Their states.
    std::map<std::string, size_t> printed;     ///< How much of their outputs.
  };

  /// What is recorded by now and was not before.
  Status LookAtEnded(bool is_first) {
    TARN_TRY_ASSIGN(const Json page, api_.Get(path_ + "/runs", filter_));
    std::set<std::string> ids;
    for (const Json& run : ItemsAt(page, "results")) {
      const std::string id = TextAt(run, "run_id");
      ids.insert(id);
      if (is_first || ended_.count(id) != 0) continue;
      TARN_TRY_ASSIGN(
          const Json hooks,
          api_.Get(path_ + "/runs/" + EscapePathSegment(id) + "/hooks", {{"amount", kLookedAt}}));
      TARN_TRY(Show(run, ItemsAt(hooks, "results")));
      shown_.erase(id);
    }
    ended_ = std::move(ids);
    return {};
  }

  bool IsWanted(const Json& run) const {
    const std::string id = TextAt(run, "run_id");
    if (ended_.count(id) != 0) return false;
    for (const auto& [name, value] : filter_) {
      if (name == "branch" && TextAt(run, "branch") != value) return false;
      if (name == "commit" && TextAt(run, "commit_id") != value) return false;
    }
    return true;
  }

  Status Show(const Json& run, const std::vector<Json>& hooks) {
    const std::string id = TextAt(run, "run_id");
    Shown& shown = shown_[id];
    const std::string status = TextAt(run, "status");
    const bool is_running = status == "running";
    if (is_running && shown.status != status) PrintRun(run);
    for (const Json& hook : hooks) TARN_TRY(ShowHook(id, hook, &shown));
    if (!is_running) PrintRun(run);
    shown.status = status;
    return {};
  }

  Status ShowHook(const std::string& run_id, const Json& hook, Shown* shown) {
    const std::string id = TextAt(hook, "hook_run_id"), status = TextAt(hook, "status");
    if (status == "waiting") return {};
    const bool is_new = shown->hooks[id] != status;
    if (with_output_ && status != "skipped" && (is_new || status == "running")) {
      TARN_TRY(ShowOutput(run_id, id, &shown->printed[id]));
    }
    if (is_new) {
      fmt::print("{} {:<9} {} {} of {}\n", run_id, status, id, TextAt(hook, "hook_id"),
                 TextAt(hook, "action"));
    }
    shown->hooks[id] = status;
    return {};
  }

  Status ShowOutput(const std::string& run_id, const std::string& hook_run_id, size_t* printed) {
    std::string text;
    const Status read =
        api_.Download(path_ + "/runs/" + EscapePathSegment(run_id) + "/hooks/" +
                          EscapePathSegment(hook_run_id) + "/output",
                      {}, [&](std::string_view bytes) { return text += bytes, Status(); });
    // Between its end and its record a run is found nowhere for a moment.
    if (read.code() == Code::kNotFound) return {};
    TARN_TRY(read);
    if (text.size() > *printed) {
      fmt::print("{}{}", text.substr(*printed), text.ends_with('\n') ? "" : "\n");
    }
    *printed = std::max(*printed, text.size());
    return {};
  }

  ApiClient& api_;
  const std::string path_;
  Parameters filter_;
  const bool with_output_;
  std::map<std::string, Shown> shown_;
  std::set<std::string> ended_;
};

class ActionsRuns : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("repository", &uri_, "lakefs://REPOSITORY")
        .Text("--branch", &branch_, "Only runs of this branch")
        .Text("--commit", &commit_, "Only runs of this commit")
        .Int("--amount", &amount_, "How many runs to show (default 100, at most 1000)")
        .Flag("-f,--follow", &follow_, "Show runs and their hooks as they begin and end")
        .Flag("--output", &with_output_, "With --follow: show what hooks print");
  }

  Status Run(Session& session) override {
    TARN_TRY_ASSIGN(const LakeUri uri,
                    ParseRepositoryUri("repository URI", session.CompleteUri(uri_)));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    Parameters filter;
    if (!branch_.empty()) filter.emplace_back("branch", branch_);
    if (!commit_.empty()) filter.emplace_back("commit", commit_);
    const std::string path = RepositoryPath(uri.repository, "/actions");
    if (follow_) return Follower(*api, path, std::move(filter), with_output_).Run();
    filter.emplace_back("amount", std::to_string(amount_));
    TARN_TRY_ASSIGN(const Json page, api->Get(path + "/runs", filter));
    for (const Json& run : ItemsAt(page, "results")) PrintRun(run);
    return {};
  }

 private:
  std::string uri_, branch_, commit_;
  int64_t amount_ = 100;
  bool follow_ = false, with_output_ = false;
};

}  // namespace

std::unique_ptr<Command> NewActionsRuns() { return std::make_unique<ActionsRuns>(); }

}  // namespace tarn::cli
