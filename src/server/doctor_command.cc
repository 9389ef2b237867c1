#include "fmt/format.h"
#include "http/client.h"
#include "server/command_settings.h"
#include "server/commands.h"
#include "server/doctor.h"
#include "server/logging.h"
#include "server/module_options.h"
#include "server/stores.h"
#include "server/takeover_survey.h"

namespace tarn::server {
namespace {

Status FetchUrl(const std::string& url, std::string_view expected) {
  http::Client client;
  TARN_TRY_ASSIGN(const http::ClientResponse answer, client.Do({.url = url}));
  if (answer.status != 200) return {Code::kIo, fmt::format("status {}", answer.status)};
  return answer.body == expected ? Status() : Status(Code::kIo, "other bytes than were stored");
}

/// How many failed.
size_t Print(const std::vector<Finding>& findings) {
  size_t failed = 0;
  for (const Finding& found : findings) {
    if (found.status.ok()) {
      fmt::print("  ok    {}\n", found.check);
      continue;
    }
    ++failed;
    fmt::print("  FAIL  {}: {}\n", found.check, found.status.message());
    if (!found.advice.empty()) fmt::print("        {}\n", found.advice);
  }
  return failed;
}

class DoctorCommand : public cli::Command {
 public:
  void Declare(cli::Arguments& arguments) override {
    arguments
        .Text("--namespace", &namespace_,
              "Where to try it, such as s3://BUCKET/PREFIX (default: "
              "blockstore.default_namespace_prefix)")
        .Text(
            "--takeover", &takeover_,
            "Configuration of an installation, of lakeFS or of Tarn: read all its records, change "
            "nothing, and say what a server would meet there");
  }

  Status Run(cli::Session& session) override {
    SetLogLevel("none");  // what matters is in the findings
    if (!takeover_.empty()) return ReportTakeover(session);
    TARN_TRY_ASSIGN(const LoadedSettings loaded, LoadForCommand(session, {}));
    size_t failed = 0;
    if (const std::vector<Finding> found = ExamineKv(loaded.settings); !found.empty()) {
      fmt::print("{} database\n", loaded.settings.GetText("database.type"));
      failed += Print(found);
    }
    TARN_TRY_ASSIGN(const auto store, OpenObjects(loaded.settings, SystemClock()));
    std::string place = namespace_;
    if (place.empty()) place = loaded.settings.GetText("blockstore.default_namespace_prefix");
    if (place.empty()) {
      return {Code::kInvalidValue,
              fmt::format("say where to try it: --namespace {}", store->info().namespace_example)};
    }
    fmt::print("{} store, {}\n", store->info().type, place);
    DoctorTools tools{SystemClock(), SystemRandom()};
    // Those of local objects are answered by the server, which need not run.
    if (store->info().type != "local") tools.fetch = FetchUrl;
    failed += Print(Examine(*store, place, tools));
    if (failed == 0) return {};
    return {Code::kIo, fmt::format("{} of the checks failed; what to change is above", failed)};
  }

 private:
  Status ReportTakeover(const cli::Session& session) const {
    if (!namespace_.empty()) {
      return {Code::kInvalidValue, "give --namespace or --takeover, not both"};
    }
    const auto loaded = LoadForCommand(session, {}, takeover_);
    if (!loaded.ok()) return CannotBeTakenOver(loaded.status());
    const Settings& settings = loaded->settings;
    // Before it is opened: a server makes a table that is not there.
    for (const Finding& found : ExamineKv(settings)) {
      if (!found.status.ok()) return CannotBeTakenOver(found.status);
    }
    auto kv = OpenKv(settings);
    if (!kv.ok()) return CannotBeTakenOver(kv.status());
    const auto objects = OpenObjects(settings, SystemClock());
    if (!objects.ok()) return CannotBeTakenOver(objects.status());
    sst::TableStore tables(**objects, TableOptions(settings));
    committed::Store committed(tables, BreakRuleOf(settings), CommittedOptions(settings));
    auth::Service auth(**kv, SystemClock(), SystemRandom(), AuthOptions(settings));
    TARN_TRY_ASSIGN(const TakeoverReport report,
                    SurveyInstallation({**kv, **objects, committed, auth}));
    fmt::print("{}\n  {:<20}{}\n  {:<20}{}\n", loaded->file, "database",
               settings.GetText("database.type"), "objects", (*objects)->info().type);
    for (const auto& fact : report.facts) fmt::print("  {:<20}{}\n", fact.name, fact.value);
    PrintList("To be dealt with first:", report.obstacles);
    PrintList("To know:", report.remarks);
    if (!report.obstacles.empty()) {
      return {Code::kPreconditionFailed,
              fmt::format("not to be taken over yet: {} obstacles, listed above",
                          report.obstacles.size())};
    }
    fmt::print(
        "Verdict: it can be taken over. Stop the other program, start `{} --config {} run`; "
        "to go back, do the reverse.\n",
        session.program(), takeover_);
    return {};
  }

  static Status CannotBeTakenOver(const Status& why) {
    return Status(why).Prefixed("not to be taken over yet: ");
  }

  static void PrintList(std::string_view title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    fmt::print("{}\n", title);
    for (const std::string& item : items) fmt::print("  - {}\n", item);
  }

  std::string namespace_, takeover_;
};

}  // namespace

std::unique_ptr<cli::Command> NewDoctor() { return std::make_unique<DoctorCommand>(); }

}  // namespace tarn::server
