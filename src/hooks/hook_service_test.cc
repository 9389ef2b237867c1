#include "hooks/hook_service.h"

#include "block/object_store.h"
#include "http/guarded_client.h"
#include "http/testing/scripted_server.h"
#include "records/layout.h"
#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

using versioning::testing::Must;
using versioning::testing::World;

const RepositoryId kRepository("repo");

class HookServiceTest : public ::testing::Test {
 protected:
  HookServiceTest() { Start(); }
  ~HookServiceTest() override { world_.context.hooks = nullptr; }

  void Start(HookServiceOptions options = {}) {
    HookServices services;
    services.client = &client_;
    services.clock = &SystemClock();
    services.environment = {
        true, "HOOK_", [](const std::string& name) {
          return name == "HOOK_SECRET" ? std::optional<std::string>("open sesame") : std::nullopt;
        }};
    world_.context.hooks = nullptr;
    service_ = std::make_unique<HookService>(world_.context, std::move(services), nullptr,
                                             std::move(options));
    world_.context.hooks = service_.get();
  }

  void PutFile(const std::string& branch, const std::string& path, const std::string& text) {
    Entry entry;
    entry.address = "data/file" + std::to_string(files_++);
    entry.size = static_cast<int64_t>(text.size());
    entry.checksum = entry.address;
    TARN_EXPECT_OK(
        block::PutObject(world_.objects, {world_.kNamespace.view(), entry.address}, text));
    std::string data;
    AppendEntry(&data, entry);
    const EntryIdentity identity = IdentityOf(entry);
    TARN_EXPECT_OK(versioning::StageValue(world_.context, world_.repository, BranchId(branch), path,
                                          {AsView(identity), data},
                                          versioning::SetCondition::kNone));
  }
  /// A file whose hooks call paths of the server, one after the other.
  std::string Webhooks(const std::string& name, const std::string& event,
                       const std::vector<std::string>& paths) const {
    std::string text = "name: " + name + "\non:\n  " + event + ":\nhooks:\n";
    for (size_t i = 0; i < paths.size(); ++i) {
      text += "  - id: hook" + std::to_string(i) +
              "\n    type: webhook\n    properties:\n      url: " + server_.url() + paths[i] + "\n";
    }
    return text;
  }
  std::vector<hooks::Run> Runs() {
    return Must(ListRuns(world_.context, world_.repository, {.amount = 100}, {})).items;
  }
  /// Once there are so many.
  std::vector<hooks::Run> AwaitRuns(size_t count) {
    for (int i = 0; i < 1000 && Runs().size() < count; ++i) SleepForUs(10'000);
    return Runs();
  }
  std::string Output(const hooks::Run& run, const std::string& hook) {
    auto text = block::GetObject(
        world_.objects, {world_.kNamespace.view(), HookOutputAddress(run.id, hook)}, 1 << 20);
    return text.ok() ? *text : text.status().ToString();
  }
  size_t PostRecords() {
    size_t count = 0;
    TARN_EXPECT_OK(records::ForEachRecord(*world_.kv, world_.repository.partition(),
                                          records::kPostEventPrefix,
                                          [&](auto, auto) { return ++count, Status(); }));
    return count;
  }

  World world_;
  http::GuardedClient client_{{.policy = Must(http::AddressPolicy::Make({}))}};
  http::ScriptedServer server_{{"/ok", "/refuse"}, [](const http::Asked& asked) {
                                 return http::Text("seen", asked.path == "/refuse" ? 500 : 200);
                               }};
  std::unique_ptr<HookService> service_;
  int files_ = 0;
};

TEST_F(HookServiceTest, WhereThereAreNoFilesNothingIsLeft) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(world_.Put("main", "_lakefs_actions/folder/a.yaml", "no action file"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  EXPECT_TRUE(Runs().empty());
  EXPECT_EQ(PostRecords(), 0u);
}

TEST_F(HookServiceTest, AHookThatFailsRefuses) {
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("guard", "pre-commit", {"/refuse", "/ok"}));
  const auto refused = world_.CommitAll("main");
  ASSERT_EQ(refused.code(), Code::kHookFailed);
  const auto runs = Runs();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(refused.status().message(),
            "pre-commit hook aborted, run id '" + runs[0].id +
                "': 1 error occurred:\n\t* hook run id '0000_0000' failed on action 'guard' hook "
                "'hook0': action failed: webhook request failed (status code: 500)\n\n");
  EXPECT_FALSE(runs[0].passed);
  EXPECT_TRUE(runs[0].commit.empty());
  const auto hooks =
      Must(ListHookRuns(world_.context, kRepository, runs[0].id, {.amount = 9})).items;
  ASSERT_EQ(hooks.size(), 2u);
  EXPECT_FALSE(hooks[0].skipped());
  EXPECT_TRUE(hooks[1].skipped());
  EXPECT_TRUE(
      Output(runs[0], "0000_0000")
          .ends_with("seenError: action failed: webhook request failed (status code: 500)\n"));
  EXPECT_EQ(server_.asked().size(), 1u);
}

TEST_F(HookServiceTest, ARunIsToldItsCommit) {
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("guard", "pre-commit", {"/ok"}));
  const auto commit = Must(world_.CommitAll("main"));
  const auto runs = Must(ListRuns(world_.context, world_.repository, {.amount = 9},
                                  {.branch = {}, .commit = commit.id}))
                        .items;
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].commit, commit.id);
  const std::string manifest = Must(block::GetObject(
      world_.objects,
      {world_.kNamespace.view(), "_lakefs/actions/log/" + runs[0].id + "/run.manifest"}, 9999));
  EXPECT_NE(manifest.find("\"commit_id\":\"" + commit.id.str() + "\""), std::string::npos);
}

TEST_F(HookServiceTest, AFileThatIsWrongFailsEveryEvent) {
  PutFile("main", "_lakefs_actions/a.yaml", "name: x\n");
  PutFile("main", "_lakefs_actions/b.yaml", Webhooks("fine", "post-merge", {"/ok"}));
  const auto refused = world_.CommitAll("main");
  EXPECT_EQ(refused.code(), Code::kInternal);
  EXPECT_TRUE(refused.status().message().starts_with("prepare-commit hook aborted, run id '"));
  EXPECT_TRUE(refused.status().message().ends_with(
      "': 1 error occurred:\n\t* parsing file _lakefs_actions/a.yaml: 'name' is invalid: invalid "
      "action\n\n"));
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("fine", "post-merge", {"/ok"}));
  const auto twice = world_.CommitAll("main");
  EXPECT_TRUE(
      twice.status().message().ends_with("': action name 'fine' already loaded: invalid action"));
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("other", "post-merge", {"/ok"}));
  TARN_EXPECT_OK(world_.CommitAll("main"));
}

TEST_F(HookServiceTest, FilesThatAreNotCommittedMayBeLeftOut) {
  HookServiceOptions options;
  options.committed_only = true;
  Start(std::move(options));
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("guard", "pre-commit", {"/refuse"}));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_OK(world_.Put("main", "b", "1"));
  EXPECT_EQ(world_.CommitAll("main").code(), Code::kHookFailed);
}

TEST_F(HookServiceTest, AfterACommitHooksRunOnce) {
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("news", "post-commit", {"/ok"}));
  const auto commit = Must(world_.CommitAll("main"));
  const auto runs = AwaitRuns(1);
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].event_type, "post-commit");
  EXPECT_EQ(runs[0].commit, commit.id);
  EXPECT_EQ(runs[0].source_ref, commit.id.str());
  service_->Stop();
  EXPECT_EQ(PostRecords(), 0u);
  EXPECT_EQ(server_.asked().size(), 1u);
}

TEST_F(HookServiceTest, SecretsAreNotShown) {
  PutFile("main", "_lakefs_actions/a.yaml",
          "name: secret\non: {pre-commit: }\nhooks:\n  - id: hook\n    type: webhook\n"
          "    properties:\n      url: " +
              server_.url() +
              "/ok\n      headers: {X-Key: '{{ ENV.HOOK_SECRET }}', X-Other: '[{{ENV.PATH}}]'}\n"
              "      query_params: {q: 'a{{ENV.HOOK_SECRET}}b'}\n");
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const auto asked = server_.asked();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].Get("X-Key"), "open sesame");
  EXPECT_EQ(asked[0].Get("X-Other"), "[]");
  EXPECT_EQ(asked[0].query.Get("q"), "aopen sesameb");
  const std::string output = Output(Runs().at(0), "0000_0000");
  EXPECT_EQ(output.find("sesame"), std::string::npos) << output;
  EXPECT_NE(output.find("X-Key: *******"), std::string::npos) << output;
}

TEST_F(HookServiceTest, SecretsAreNotShownInAddressesOfFailures) {
  PutFile("main", "_lakefs_actions/a.yaml",
          "name: secret\non: {pre-commit: }\nhooks:\n  - id: hook\n    type: webhook\n"
          "    properties:\n      url: http://127.0.0.1:1/\n"
          "      query_params: {q: 'a{{ENV.HOOK_SECRET}}b'}\n");
  const Status refused = ToStatus(world_.CommitAll("main"));
  EXPECT_NE(std::string(refused.message()).find("connection refused"), std::string::npos);
  EXPECT_EQ(std::string(refused.message()).find("sesame"), std::string::npos) << refused.message();
  const std::string output = Output(Runs().at(0), "0000_0000");
  EXPECT_EQ(output.find("sesame"), std::string::npos) << output;
}

TEST_F(HookServiceTest, HooksSeeTheBranchFree) {
  PutFile("main", "_lakefs_actions/a.yaml", Webhooks("guard", "pre-merge", {"/call"}));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_OK(world_.Branch("dev"));
  TARN_EXPECT_OK(world_.Put("dev", "b", "1"));
  TARN_EXPECT_OK(world_.CommitAll("dev"));
  http::ScriptedServer calling({"/call"}, [&](const http::Asked&) {
    TARN_EXPECT_OK(world_.Put("main", "c", "1"));
    TARN_EXPECT_OK(world_.CommitAll("main"));
    return http::Text("done");
  });
  std::string text =
      "name: other\non: {pre-merge: }\nhooks:\n  - id: hook\n    type: webhook\n"
      "    properties: {url: '" +
      calling.url() + "/call'}\n";
  PutFile("dev", "_lakefs_actions/a.yaml", text);
  TARN_EXPECT_OK(world_.CommitAll("dev"));
  TARN_EXPECT_OK(world_.MergeInto("main", "dev"));
  EXPECT_TRUE(world_.ReadAll("main@").contains("c"));
}

}  // namespace
}  // namespace tarn::hooks
