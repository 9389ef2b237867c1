#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/pairs.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/uri.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

constexpr auto kPollPeriod = std::chrono::milliseconds(100);
constexpr int kLostAnswersMax = 30;
constexpr auto kLostAnswerPause = std::chrono::milliseconds(500);

volatile std::sig_atomic_t interrupted = 0;

// Ctrl-C asks the import to stop instead of ending the program, until destroyed.
class InterruptScope {
 public:
  InterruptScope() {
    struct sigaction action = {};
    action.sa_handler = [](int) { interrupted = 1; };
    ::sigaction(SIGINT, &action, &old_interrupt_);
    ::sigaction(SIGTERM, &action, &old_terminate_);
  }
  ~InterruptScope() {
    ::sigaction(SIGINT, &old_interrupt_, nullptr);
    ::sigaction(SIGTERM, &old_terminate_, nullptr);
  }
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

class Import : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments
        .Positional("source", &source_,
                    "What to import: a directory or file of the server's machine, or a URI of its "
                    "object store",
                    Presence::kOptional)
        .Positional("destination", &destination_, "lakefs://REPOSITORY/BRANCH/PREFIX",
                    Presence::kOptional)
        .Text("--from", &source_, "The same as the first argument")
        .Text("--to", &destination_, "The same as the second argument")
        .Text("-m,--message", &message_, "Message of the commit")
        .List("--meta", &metadata_, "key=value to store with the commit")
        .Flag("--no-progress", &no_progress_, "Do not show progress");
  }

  Status Run(Session& session) override {
    if (source_.empty() || destination_.empty()) {
      return {Code::kInvalidValue,
              "give a source and a destination: import SOURCE lakefs://REPOSITORY/BRANCH/PREFIX"};
    }
    TARN_TRY_ASSIGN(LakeUri uri, ParseRefLikeUri(session.CompleteUri(destination_)));
    TARN_TRY_ASSIGN(const Json body, Request(&uri));
    TARN_TRY_ASSIGN(ApiClient * api, session.Api());
    const std::string path = BranchPath(uri.repository, uri.ref, "/import");
    TARN_TRY_ASSIGN(const Json started, api->Post(path, body));
    const std::string id(started.StringAt("id").value_or(""));
    TARN_TRY_ASSIGN(const Json status, Wait(*api, path, id));
    if (const Json* error = status.Find("error"); error != nullptr) {
      return {Code::kInternal,
              fmt::format("Import failed: {}", error->StringAt("message").value_or("unknown"))};
    }
    Print(uri, status);
    return {};
  }

 private:
  // A destination may leave the path out: everything goes to the top.
  static Result<LakeUri> ParseRefLikeUri(const std::string& text) {
    constexpr std::string_view kLabel = "destination URI";
    TARN_TRY_ASSIGN(LakeUri uri, ParseUri(text));
    if (!uri.path) {
      TARN_TRY_ASSIGN(uri, ParseRefUri(kLabel, text));
      uri.path = "";
      return uri;
    }
    return ParsePathUri(kLabel, text);
  }

  Result<Json> Request(LakeUri* uri) {
    std::string type = "common_prefix";
    std::string source = source_;
    if (source.find("://") == std::string::npos) {
      std::error_code error;
      const auto absolute = std::filesystem::canonical(source, error);
      if (error) {
        return Status(Code::kInvalidValue,
                      fmt::format("cannot import {}: {}", source, error.message()));
      }
      source = "local://" + absolute.string();
      if (std::filesystem::is_directory(absolute)) {
        source += "/";
      } else {
        type = "object";
        if (uri->path->empty() || uri->path->ends_with('/')) *uri->path += absolute.filename();
      }
    }
    TARN_TRY_ASSIGN(Json::Object metadata, ParsePairs(metadata_));
    Json::Array paths;
    paths.push_back(Json(Json::Object{
        {"path", Json(source)}, {"destination", Json(*uri->path)}, {"type", Json(type)}}));
    return Json(
        Json::Object{{"paths", Json(std::move(paths))},
                     {"commit", Json(Json::Object{{"message", Json(message_)},
                                                  {"metadata", Json(std::move(metadata))}})}});
  }

  Result<Json> Wait(ApiClient& api, const std::string& path, const std::string& id) const {
    const InterruptScope interrupts;
    Clock& clock = SystemClock();
    Progress progress("imported", StderrIsTerminal(), clock.MonotonicMs());
    int64_t count = 0;
    int lost_answers = 0;
    while (true) {
      if (interrupted != 0) {
        if (!no_progress_) progress.Finish(count, clock.MonotonicMs());
        fmt::print(stderr, "Canceling import\n");
        TARN_TRY(api.Delete(path, {{"id", id}}));
        return Status(Code::kCancelled, "Import Canceled");
      }
      auto status = api.Get(path, {{"id", id}});
      if (status.code() == Code::kIo && ++lost_answers <= kLostAnswersMax && interrupted == 0) {
        std::this_thread::sleep_for(kLostAnswerPause);  // the import outlives a broken connection
        continue;
      }
      if (!status.ok()) return status;
      lost_answers = 0;
      count = status->IntAt("ingested_objects").value_or(count);
      if (status->BoolAt("completed").value_or(false) || status->Find("error") != nullptr) {
        if (!no_progress_) progress.Finish(count, clock.MonotonicMs());
        return status;
      }
      if (!no_progress_) progress.Show(count, clock.MonotonicMs());
      std::this_thread::sleep_for(kPollPeriod);
    }
  }

  static void Print(const LakeUri& uri, const Json& status) {
    const Json* commit = status.Find("commit");
    fmt::print("Import of {} object(s) into \"{}\" completed.\nMetaRange ID: {}\n",
               status.IntAt("ingested_objects").value_or(0), uri.ref,
               status.StringAt("metarange_id").value_or(""));
    if (commit == nullptr) return;
    std::string parents;
    if (const Json* list = commit->Find("parents"); list != nullptr && list->is_array()) {
      for (const Json& parent : list->items()) {
        parents += (parents.empty() ? "" : ", ") + (parent.is_string() ? parent.string() : "");
      }
    }
    fmt::print("Commit ID: {}\nMessage: {}\nTimestamp: {}\nParents: {}\n",
               commit->StringAt("id").value_or(""), commit->StringAt("message").value_or(""),
               FormatDate(commit->IntAt("creation_date").value_or(0)), parents);
  }

  std::string source_, destination_, message_;
  std::vector<std::string> metadata_;
  bool no_progress_ = false;
};

}  // namespace

std::unique_ptr<Command> NewImport() { return std::make_unique<Import>(); }

}  // namespace tarn::cli
