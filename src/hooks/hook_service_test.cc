#include "hooks/hook_service.h"

#include <condition_variable>
#include <future>

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

// Events after changes whose servers die. ------------------------------------------------------

class PostEventsTest : public ::testing::Test {
 protected:
  std::unique_ptr<PostEvents> Server() {
    return std::make_unique<PostEvents>(world_.context,
                                        [this](const Event& event, const std::function<bool()>&) {
                                          const std::lock_guard lock(mutex_);
                                          ran_.push_back(event);
                                          changed_.notify_all();
                                          return Status();
                                        });
  }
  Event Commit(const std::string& commit_id) {
    Event event;
    event.type = versioning::HookEvent::kPostCommit;
    event.repository = world_.repository;
    event.branch = "main";
    event.commit_id = event.source_ref = commit_id;
    event.commit = refs::Commit();
    event.run_id = "run" + std::to_string(++runs_);
    return event;
  }
  std::vector<Event> AwaitRan(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return ran_.size() >= count; });
    return ran_;
  }
  std::string Record(const std::string& run_id) {
    return Must(world_.kv->Get(world_.repository.partition(), "tarn-post-events/" + run_id))
        .value_or("");
  }

  World world_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Event> ran_;
  int runs_ = 0;
};

TEST_F(PostEventsTest, OfAServerThatDiesBeforeItIsRun) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(Server()->Announce(event));
  TARN_EXPECT_OK(world_.Put("main", "b", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  TARN_EXPECT_OK(server->Recover());
  const auto ran = AwaitRan(1);
  server->Stop();
  ASSERT_EQ(ran.size(), 1u);
  EXPECT_EQ(ran[0].run_id, event.run_id);
  ASSERT_TRUE(ran[0].commit);
  EXPECT_EQ(ran[0].commit->id, commit.id);
  EXPECT_EQ(Record(event.run_id), "");
}

TEST_F(PostEventsTest, OfAChangeThatWasNotMade) {
  const refs::Commit lost{.message = "never on a branch"};
  const auto commit = Must(world_.refs.AddCommit(world_.repository, lost));
  Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(Server()->Announce(event));
  Event created = event;
  created.type = versioning::HookEvent::kPostCreateTag;
  created.run_id = "tag";
  created.tag = "v1";
  created.commit.reset();
  TARN_EXPECT_OK(Server()->Announce(created));
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  server->Stop();
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(Record(event.run_id), "");
  EXPECT_EQ(Record("tag"), "");
}

TEST_F(PostEventsTest, OfAServerThatDiesWhileItRuns) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  for (const int attempts : {1, 2}) {
    Event event = Commit(commit.id.str());
    PostEventRecord record{
        .event = event, .has_commit = true, .attempts = attempts, .owner = "dead"};
    TARN_EXPECT_OK(world_.kv->Set(world_.repository.partition(), "tarn-post-events/" + event.run_id,
                                  EncodePostEvent(record)));
  }
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  const auto ran = AwaitRan(1);
  server->Stop();
  ASSERT_EQ(ran.size(), 1u) << "the second time is the last";
  EXPECT_EQ(ran[0].run_id, "run1");
  EXPECT_EQ(Record("run1"), "");
  EXPECT_EQ(Record("run2"), "");
  const auto given_up = Must(GetRun(world_.context, world_.repository, "run2"));
  EXPECT_FALSE(given_up.passed);
}

TEST_F(PostEventsTest, WhoseRunIsStoredAlready) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  const Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(Server()->Announce(event));
  TARN_EXPECT_OK(StoreRun(world_.context, world_.repository,
                          {.id = event.run_id, .event_type = "post-commit"}, {}));
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  server->Stop();
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(Record(event.run_id), "");
}

TEST_F(PostEventsTest, ThatAreWithdrawn) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  const auto server = Server();
  const Event made = Commit(commit.id.str()), lost = Commit(std::string(64, 'a'));
  TARN_EXPECT_OK(server->Announce(made));
  TARN_EXPECT_OK(server->Announce(lost));
  // The write failed as far as the verb knows, but the branch has moved: the event is due.
  server->Withdraw(world_.repository, made.run_id, false);
  server->Withdraw(world_.repository, lost.run_id, false);
  const auto ran = AwaitRan(1);
  server->Stop();
  ASSERT_EQ(ran.size(), 1u);
  EXPECT_EQ(ran[0].run_id, made.run_id);
}

/// Whoever lost to another one who made the same has made nothing.
TEST_F(PostEventsTest, OfAChangeThatSomebodyElseMade) {
  Event event = Commit("");
  event.type = versioning::HookEvent::kPostCreateTag;
  event.tag = "v1";
  const auto server = Server();
  TARN_EXPECT_OK(server->Announce(event));
  TARN_EXPECT_OK(
      versioning::CreateTag(world_.context, world_.repository, {.id = TagId("v1"), .ref = "main"}));
  server->Withdraw(world_.repository, event.run_id, true);
  EXPECT_EQ(Record(event.run_id), "");
  TARN_EXPECT_OK(server->Recover());
  server->Stop();
  EXPECT_TRUE(ran_.empty());
}

/// An outage of a store is no attempt.
TEST_F(PostEventsTest, WhoseFilesCannotBeReadNow) {
  constexpr int kOutages = 2 * PostEvents::kAttemptsMax;
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  std::atomic<int> asked = 0;
  PostEvents server(world_.context, [&](const Event&, const std::function<bool()>&) {
    return ++asked <= kOutages ? Status(Code::kIo, "not now") : Status();
  });
  const Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(server.Announce(event));
  server.Withdraw(world_.repository, event.run_id, false);  // It was made, so it runs.
  for (int i = 0; i < 10'000 && !Record(event.run_id).empty(); ++i) {
    TARN_EXPECT_OK(server.Recover());
    SleepForUs(1000);
  }
  EXPECT_EQ(asked, kOutages + 1);
  EXPECT_EQ(Record(event.run_id), "");
}

TEST_F(PostEventsTest, AreLeftForTheNextServerWhenOneStops) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  std::promise<void> entered;
  PostEvents stopping(world_.context,
                      [&](const Event&, const std::function<bool()>& is_abandoned) {
                        entered.set_value();
                        while (!is_abandoned()) SleepForUs(1000);
                        return Status(Code::kCancelled);
                      },
                      {.stop_grace_ms = 0});
  const Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(stopping.Announce(event));
  versioning::HookCall call{.event = event.type, .repository = world_.repository};
  call.run_id = event.run_id;
  stopping.Start(call);
  entered.get_future().wait();
  stopping.Stop();
  EXPECT_NE(Record(event.run_id), "");
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  EXPECT_EQ(AwaitRan(1).size(), 1u);
}

}  // namespace
}  // namespace tarn::hooks
