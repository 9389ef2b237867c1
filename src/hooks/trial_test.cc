#include "hooks/trial.h"

#include <map>

#include "hooks/hook_service.h"
#include "records/list.h"
#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

using versioning::HookEvent;
using versioning::testing::Must;
using versioning::testing::World;

class TrialTest : public ::testing::Test {
 protected:
  TrialTest() {
    HookServices services;
    services.clock = &SystemClock();
    services.run_lua = [](const lua::Script& script, int) { return lua::Run(script); };
    service_ = std::make_unique<HookService>(world_.context, std::move(services), nullptr);
    world_.context.hooks = service_.get();
    TARN_EXPECT_OK(world_.Put("main", "a", "1"));
    head_ = Must(world_.CommitAll("main", "the head")).id.str();
    TARN_EXPECT_OK(world_.Branch("dev"));
    service_->Stop();
  }
  ~TrialTest() override { world_.context.hooks = nullptr; }

  Result<DryRun> Try(const std::string& event, const std::string& text) {
    return service_->Try(world_.repository, {.event = *versioning::FindHookEvent(event),
                                             .ref = "dev",
                                             .branch = {},
                                             .tag = "v1",
                                             .user = "somebody",
                                             .text = text});
  }
  static std::string File(const std::string& on, const std::vector<std::string>& scripts) {
    std::string text = "name: an action\non: " + on + "\nhooks:\n";
    for (size_t i = 0; i < scripts.size(); ++i) {
      text += "  - {id: hook" + std::to_string(i) + ", type: lua, properties: {script: '" +
              scripts[i] + "'}}\n";
    }
    return text;
  }
  std::map<std::string, std::string> AllRecords() {
    std::map<std::string, std::string> all;
    for (const std::string& partition : Must(world_.kv->ListPartitions())) {
      TARN_EXPECT_OK(records::ForEachRecord(*world_.kv, partition, "",
                                            [&](std::string_view key, std::string_view value) {
                                              all[partition + " " + std::string(key)] = value;
                                              return Status();
                                            }));
    }
    return all;
  }

  World world_;
  std::unique_ptr<HookService> service_;
  std::string head_;
};

TEST_F(TrialTest, RunsHooksAndRecordsNothing) {
  const auto before = AllRecords();
  const DryRun passed =
      Must(Try("pre-merge", File("{pre-merge: {branches: [main]}}",
                                 {"print(action.merge_source, action.branch_id, action.source_ref)",
                                  "print(username, action.commit.message, action.run_id)"})));
  TARN_EXPECT_OK(passed.outcome);
  ASSERT_EQ(passed.hooks.size(), 2u);
  EXPECT_EQ(passed.hooks[0].output, "dev\tmain\t" + head_ + "\n");
  EXPECT_EQ(passed.hooks[1].output, "somebody\tthe head\t" + passed.run_id + "\n");
  EXPECT_TRUE(passed.hooks[0].run.passed);

  const DryRun failed = Must(Try("pre-commit", File("{pre-commit: }", {"error(\"no\")", "x()"})));
  EXPECT_EQ(failed.outcome.code(), Code::kHookFailed);
  ASSERT_EQ(failed.hooks.size(), 2u);
  EXPECT_FALSE(failed.hooks[0].run.passed);
  EXPECT_NE(failed.hooks[0].output.find("Error: action failed: "), std::string::npos);
  EXPECT_TRUE(failed.hooks[1].run.skipped());

  EXPECT_EQ(AllRecords(), before);
  const auto logs = world_.objects.Stat(
      {world_.kNamespace.view(), HookOutputAddress(passed.run_id, "0000_0000")});
  EXPECT_FALSE(Must(logs).has_value());
  EXPECT_TRUE(Must(service_->live_runs().List(world_.repository)).empty());
}

TEST_F(TrialTest, SaysWhyNothingRuns) {
  TARN_EXPECT_ERROR(Try("pre-merge", "name: x\n"), Code::kInvalidValue,
                    "'name' is invalid: invalid action");
  TARN_EXPECT_ERROR(Try("pre-merge", File("{pre-commit: }", {})), Code::kInvalidValue,
                    "the action 'an action' does not listen to pre-merge on branch 'main'");
  TARN_EXPECT_ERROR(Try("pre-commit", File("{pre-commit: {branches: [main]}}", {})),
                    Code::kInvalidValue,
                    "the action 'an action' does not listen to pre-commit on branch 'dev'");
  TARN_EXPECT_ERROR(Try("pre-create-tag", File("{pre-commit: }", {})), Code::kInvalidValue,
                    "the action 'an action' does not listen to pre-create-tag");
  TARN_EXPECT_ERROR(Try("pre-create-branch", File("{pre-create-branch: }", {})),
                    Code::kInvalidValue, "the event needs the name of a branch");
  const DryRun unready =
      Must(Try("pre-commit", File("{pre-commit: }", {}) +
                                 "  - {id: hook, type: webhook, properties: {url: 'http://h/', "
                                 "headers: {a: 'b'}, timeout: soon}}\n"));
  EXPECT_EQ(unready.outcome.code(), Code::kInternal);
  EXPECT_TRUE(unready.hooks.empty());
}

TEST_F(TrialTest, OutputsAreBounded) {
  const DryRun dry = Must(Try(
      "pre-commit",
      File("{pre-commit: }",
           std::vector<std::string>(12, "for i = 1, 1000 do print(string.rep(\"x\", 1000)) end"))));
  size_t bytes = 0;
  for (const DryRun::Hook& hook : dry.hooks) bytes += hook.output.size();
  EXPECT_EQ(bytes, ActionRunner::kDryOutputBytesMax);
}

TEST_F(TrialTest, EachEventTellsWhatItDoes) {
  struct Told {
    std::string_view event, source, branch, tag, merge_source, commit_id, message;
  };
  const std::string_view h = head_;
  const Told all[] = {
      {"prepare-commit", "dev", "dev", "", "", "", "dry run"},
      {"pre-commit", "dev", "dev", "", "", "", "dry run"},
      {"post-commit", h, "dev", "", "", h, "the head"},
      {"pre-merge", h, "main", "", "dev", h, "the head"},
      {"post-merge", h, "main", "", "dev", h, "the head"},
      {"pre-create-branch", "dev", "new", "", "", h, ""},
      {"post-create-branch", "dev", "new", "", "", h, ""},
      {"pre-delete-branch", h, "dev", "", "", "", ""},
      {"post-delete-branch", h, "dev", "", "", "", ""},
      {"pre-create-tag", h, "", "v1", "", h, ""},
      {"post-create-tag", h, "", "v1", "", h, ""},
      {"pre-delete-tag", h, "", "v1", "", h, ""},
      {"post-delete-tag", h, "", "v1", "", h, ""},
      {"pre-revert", "dev", "dev", "", "", "", "dry run"},
      {"post-revert", h, "dev", "", "", h, "the head"},
      {"pre-cherry-pick", "dev", "dev", "", "", "", "dry run"},
      {"post-cherry-pick", h, "dev", "", "", h, "the head"},
  };
  for (const Told& told : all) {
    SCOPED_TRACE(told.event);
    const bool is_given = told.branch == "new";
    const Event event = Must(MakeTrialEvent(world_.context, world_.repository,
                                            {.event = *versioning::FindHookEvent(told.event),
                                             .ref = "dev",
                                             .branch = is_given ? "new" : "",
                                             .tag = "v1",
                                             .user = "somebody",
                                             .text = {}}));
    EXPECT_EQ(event.name(), told.event);
    EXPECT_EQ(event.source_ref, told.source);
    EXPECT_EQ(event.branch, told.branch);
    EXPECT_EQ(event.tag, told.tag);
    EXPECT_EQ(event.merge_source, told.merge_source);
    EXPECT_EQ(event.commit_id, told.commit_id);
    EXPECT_EQ(event.commit ? event.commit->message : "", told.message);
  }
}

}  // namespace
}  // namespace tarn::hooks
