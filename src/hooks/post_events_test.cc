#include "hooks/post_events.h"

#include <condition_variable>
#include <future>
#include <map>

#include "hooks/run_records.h"
#include "records/layout.h"
#include "records/list.h"
#include "versioning/testing/server_kv.h"
#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

using versioning::testing::Must;
using versioning::testing::ServerKv;
using versioning::testing::World;

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
  versioning::Context ContextOf(kv::Store& kv) {
    return {kv,      world_.refs,    world_.staging, world_.committed, world_.objects,
            nullptr, world_.workers, world_.clock,   *world_.random,   world_.xids,
            {}};
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
  /// Says that tag v1 and, by the run "branch", branch dev are about to be made; the tag's run.
  std::string AnnounceCreations() {
    Event tag = Commit("");
    tag.commit.reset();
    tag.type = versioning::HookEvent::kPostCreateTag;
    tag.tag = "v1";
    Event branch = tag;
    branch.type = versioning::HookEvent::kPostCreateBranch;
    branch.branch = "dev";
    branch.run_id = "branch";
    TARN_EXPECT_OK(Server()->Announce(tag));
    TARN_EXPECT_OK(Server()->Announce(branch));
    return tag.run_id;
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

// Changes that were refused while their servers died. -------------------------------------------

TEST_F(PostEventsTest, OfACreationThatSomebodyElseMade) {
  const std::string tag_run = AnnounceCreations();
  TARN_EXPECT_OK(
      versioning::CreateTag(world_.context, world_.repository, {.id = TagId("v1"), .ref = "main"}));
  TARN_EXPECT_OK(world_.Branch("dev"));
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  server->Stop();
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(Record(tag_run), "");
  EXPECT_EQ(Record("branch"), "");
}

TEST_F(PostEventsTest, OfACreationThatWasMade) {
  const CommitId head = world_.BranchRecord("main").commit;
  const std::string tag_run = AnnounceCreations();
  TARN_EXPECT_OK(world_.refs.CreateTag(world_.repository, {TagId("v1"), head, tag_run}));
  TARN_EXPECT_OK(world_.Branch("dev"));
  TARN_EXPECT_OK(world_.refs.UpdateBranch(world_.repository, BranchId("dev"),
                                          [](refs::Branch* made) -> Result<bool> {
                                            made->created_by_event = "branch";
                                            return true;
                                          }));
  // What comes after it changes nothing.
  TARN_EXPECT_OK(world_.Put("dev", "a", "1"));
  TARN_EXPECT_OK(world_.CommitAll("dev"));
  const auto server = Server();
  TARN_EXPECT_OK(server->Recover());
  EXPECT_EQ(AwaitRan(2).size(), 2u);
}

// Many of them, and many servers. ----------------------------------------------------------------

TEST_F(PostEventsTest, AreBounded) {
  PostEventOptions options;
  options.pending_max = 3;
  options.pending_per_repository_max = 2;
  PostEvents server(
      world_.context, [](const Event&, const auto&) { return Status(); }, options);
  const Event first = Commit("a"), second = Commit("b"), third = Commit("c");
  TARN_EXPECT_OK(server.Announce(first));
  TARN_EXPECT_OK(server.Announce(second));
  TARN_EXPECT_ERROR(server.Announce(third), Code::kSlowDown,
                    "too many hooks after changes are waiting to be run");
  EXPECT_EQ(Record(third.run_id), "");
  Event other = third;
  other.repository.id = RepositoryId("other");
  TARN_EXPECT_OK(server.Announce(other));
  server.Withdraw(world_.repository, first.run_id, true);
  TARN_EXPECT_OK(server.Announce(third));
  EXPECT_EQ(server.Announce(first).code(), Code::kSlowDown) << "three are the most of all";
}

TEST_F(PostEventsTest, OneHeartbeatIsForAll) {
  ServerKv kv(*world_.kv);
  versioning::Context context = ContextOf(kv);
  PostEvents server(context, [](const Event&, const auto&) { return Status(); },
                    {.heartbeat_ms = 5});
  std::map<std::string, std::string> records;
  for (int i = 0; i < 20; ++i) {
    const Event event = Commit("c" + std::to_string(i));
    TARN_EXPECT_OK(server.Announce(event));
    records[event.run_id] = Record(event.run_id);
  }
  const auto heartbeats = [&] {
    std::vector<std::string> all;
    TARN_EXPECT_OK(records::ForEachRecord(*world_.kv, records::kInstancesPartition,
                                          records::kInstancePrefix,
                                          [&](std::string_view, std::string_view bytes) {
                                            return all.emplace_back(bytes), Status();
                                          }));
    return all;
  };
  const auto before = heartbeats();
  ASSERT_EQ(before.size(), 1u) << "there is one before anything depends on it";
  for (int i = 0; i < 1000 && heartbeats() == before; ++i) SleepForUs(5'000);
  EXPECT_NE(heartbeats(), before);
  for (const auto& [run_id, bytes] : records) EXPECT_EQ(Record(run_id), bytes);
  server.Stop();
  EXPECT_TRUE(heartbeats().empty());
}

TEST_F(PostEventsTest, AreTakenFromAServerWhoseHeartHasStopped) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  ServerKv dying_kv(*world_.kv), kv(*world_.kv);
  versioning::Context dying_context = ContextOf(dying_kv), context = ContextOf(kv);
  const auto run = [this](const Event& event, const auto&) {
    const std::lock_guard lock(mutex_);
    ran_.push_back(event);
    changed_.notify_all();
    return Status();
  };
  PostEvents dying(dying_context, run, {.heartbeat_ms = 5});
  PostEvents server(context, run, {.heartbeat_ms = 5, .lease_ms = 20'000});
  const Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(dying.Announce(event));
  const std::string record = Record(event.run_id);
  TARN_EXPECT_OK(server.Recover());
  dying_kv.DieAt(0, false);
  world_.clock.monotonic_ms += 19'000;
  TARN_EXPECT_OK(server.Recover());
  EXPECT_EQ(Record(event.run_id), record);
  // The heart may have beaten once more.
  for (int i = 0; i < 2; ++i) {
    world_.clock.monotonic_ms += 21'000;
    TARN_EXPECT_OK(server.Recover());
  }
  EXPECT_EQ(AwaitRan(1).size(), 1u);
}

/// A server that was silent for too long goes on: what another one has put away is still due.
TEST_F(PostEventsTest, WhoseChangeWasMadeAfterAll) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  const auto server = Server();
  const Event event = Commit(commit.id.str());
  TARN_EXPECT_OK(server->Announce(event));
  TARN_EXPECT_OK(
      world_.kv->Delete(world_.repository.partition(), "tarn-post-events/" + event.run_id));
  versioning::HookCall call{.event = event.type, .repository = world_.repository};
  call.run_id = event.run_id;
  server->Start(call);
  EXPECT_EQ(AwaitRan(1).size(), 1u);
  server->Stop();
  EXPECT_EQ(Record(event.run_id), "");
}

}  // namespace
}  // namespace tarn::hooks
