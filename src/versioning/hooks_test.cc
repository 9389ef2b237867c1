// Tests of events: which verb tells what, when it may be refused, and that listeners may call back.
#include "versioning/hooks.h"

#include <future>
#include <set>
#include <thread>

#include "runtime/worker_pool.h"
#include "versioning/cherry_pick.h"
#include "versioning/revert.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::AllHooks;
using testing::Must;
using testing::RecordingHooks;
using testing::Tree;
using testing::World;

const BranchId kMain("main"), kDev("dev");
const TagId kTag("v1");

/// What a listener was told, kept.
struct Told {
  std::string event, source_ref, branch, tag, merge_source, commit_id, run_id, pre_run_id;
  std::optional<refs::Commit> commit;
};

class Listener : public AllHooks {
 public:
  Status Run(const HookCall& call) override {
    Told told{.event = std::string(HookEventName(call.event)),
              .source_ref = std::string(call.source_ref),
              .branch = std::string(call.branch),
              .tag = std::string(call.tag),
              .merge_source = std::string(call.merge_source),
              .commit_id = std::string(call.commit_id),
              .run_id = call.run_id,
              .pre_run_id = call.pre_run_id,
              .commit = {}};
    if (call.commit != nullptr) told.commit = *call.commit;
    EXPECT_EQ(call.repository.id.view(), "repo");
    EXPECT_EQ(call.cancelled, nullptr);
    heard.push_back(std::move(told));
    return Status();
  }
  std::vector<Told> heard;
};

class EventsTest : public ::testing::Test {
 protected:
  /// The two events of the last verb, with what holds for every pair.
  std::pair<Told, Told> Pair(const std::string& verb) {
    EXPECT_GE(listener_.heard.size(), 2u);
    if (listener_.heard.size() < 2) return {};
    const Told after = listener_.heard.back(), before = *(listener_.heard.end() - 2);
    listener_.heard.clear();
    EXPECT_EQ(before.event, "pre-" + verb);
    EXPECT_EQ(after.event, "post-" + verb);
    EXPECT_EQ(before.branch, after.branch);
    EXPECT_EQ(before.tag, after.tag);
    EXPECT_EQ(before.merge_source, after.merge_source);
    EXPECT_EQ(before.pre_run_id, "");
    EXPECT_EQ(after.pre_run_id, before.run_id);
    EXPECT_TRUE(run_ids_.insert(before.run_id).second);
    EXPECT_TRUE(run_ids_.insert(after.run_id).second);
    return {before, after};
  }
  /// An after-event of a verb that made a commit.
  static void ExpectMade(const Told& after, const refs::Commit& commit) {
    EXPECT_EQ(after.source_ref, commit.id.view());
    EXPECT_EQ(after.commit_id, commit.id.view());
    ASSERT_TRUE(after.commit);
    EXPECT_EQ(after.commit->id, commit.id);
    EXPECT_EQ(after.commit->metarange, commit.metarange);
  }
  std::string Head(const std::string& branch) { return world_.BranchRecord(branch).commit.str(); }

  Listener listener_;
  std::set<std::string> run_ids_;
  World world_{&listener_};
};

TEST_F(EventsTest, OfBranches) {
  const std::string root = Head("main");
  TARN_EXPECT_OK(world_.Branch("dev", "main~0"));
  const auto [creating, created] = Pair("create-branch");
  for (const Told& told : {creating, created}) {
    EXPECT_EQ(told.source_ref, "main~0");
    EXPECT_EQ(told.branch, "dev");
    EXPECT_EQ(told.commit_id, root);
    EXPECT_FALSE(told.commit);
  }
  TARN_EXPECT_OK(DeleteBranch(world_.context, world_.repository, kDev, false));
  const auto [deleting, deleted] = Pair("delete-branch");
  for (const Told& told : {deleting, deleted}) {
    EXPECT_EQ(told.source_ref, root);
    EXPECT_EQ(told.branch, "dev");
    EXPECT_EQ(told.commit_id, "");
    EXPECT_FALSE(told.commit);
  }
}

TEST_F(EventsTest, OfTags) {
  const std::string root = Head("main");
  TARN_EXPECT_OK(CreateTag(world_.context, world_.repository, {.id = kTag, .ref = "main"}));
  const auto [creating, created] = Pair("create-tag");
  TARN_EXPECT_OK(DeleteTag(world_.context, world_.repository, kTag, false));
  const auto [deleting, deleted] = Pair("delete-tag");
  for (const Told& told : {creating, created, deleting, deleted}) {
    EXPECT_EQ(told.source_ref, root);
    EXPECT_EQ(told.tag, "v1");
    EXPECT_EQ(told.branch, "");
    EXPECT_FALSE(told.commit);
    EXPECT_EQ(told.commit_id, root);
  }
}

TEST_F(EventsTest, OfCommits) {
  const std::string root = Head("main");
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(Commit(world_.context, world_.repository,
                                  {.branch = kMain,
                                   .committer = "tester",
                                   .message = "m",
                                   .metadata = {{"k", "v"}},
                                   .date_seconds = 1'500'000'000}));
  ASSERT_EQ(listener_.heard.size(), 3u);
  const Told prepare = listener_.heard.front();
  EXPECT_EQ(prepare.event, "prepare-commit");
  const auto [before, after] = Pair("commit");
  EXPECT_NE(prepare.run_id, before.run_id);
  for (const Told& told : {prepare, before}) {
    EXPECT_EQ(told.source_ref, "main");
    EXPECT_EQ(told.branch, "main");
    EXPECT_EQ(told.commit_id, "");
    ASSERT_TRUE(told.commit);
    EXPECT_EQ(told.commit->message, "m");
    EXPECT_EQ(told.commit->committer, "tester");
    EXPECT_EQ(told.commit->metadata.at("k"), "v");
    EXPECT_EQ(told.commit->created.seconds, 1'500'000'000);
    EXPECT_TRUE(told.commit->metarange.empty());
  }
  EXPECT_TRUE(prepare.commit->parents.empty());
  EXPECT_EQ(before.commit->parents, std::vector{CommitId(root)});
  EXPECT_EQ(after.branch, "main");
  ExpectMade(after, commit);
}

TEST_F(EventsTest, OfMerges) {
  TARN_EXPECT_OK(world_.Branch("dev"));
  TARN_EXPECT_OK(world_.Put("dev", "a", "1"));
  const auto source = Must(world_.CommitAll("dev"));
  const auto merged = Must(world_.MergeInto("main", "dev~0"));
  const auto [before, after] = Pair("merge");
  EXPECT_EQ(before.source_ref, source.id.view());
  EXPECT_EQ(before.branch, "main");
  EXPECT_EQ(before.merge_source, "dev~0");
  EXPECT_EQ(before.commit_id, merged.id.view());
  ASSERT_TRUE(before.commit);
  EXPECT_EQ(before.commit->metarange, merged.metarange);
  ExpectMade(after, merged);
}

TEST_F(EventsTest, OfRevertsAndCherryPicks) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto commit = Must(world_.CommitAll("main"));
  const auto reverted =
      Must(Revert(world_.context, world_.repository,
                  {.branch = kMain, .ref = "main", .committer = "tester", .overrides = {}}));
  const auto [reverting, after_revert] = Pair("revert");
  ExpectMade(after_revert, reverted);
  const auto picked = Must(CherryPick(
      world_.context, world_.repository,
      {.branch = kMain, .ref = commit.id.str(), .committer = "tester", .overrides = {}}));
  const auto [picking, after_pick] = Pair("cherry-pick");
  ExpectMade(after_pick, picked);
  for (const auto& [told, made] : {std::pair{reverting, reverted}, std::pair{picking, picked}}) {
    EXPECT_EQ(told.source_ref, "main");
    EXPECT_EQ(told.branch, "main");
    EXPECT_EQ(told.commit_id, "");
    ASSERT_TRUE(told.commit);
    EXPECT_EQ(told.commit->message, made.message);
    EXPECT_EQ(told.commit->parents, made.parents);
    EXPECT_EQ(told.commit->metarange, made.metarange);
  }
}

TEST_F(EventsTest, NotOfReadOnlyRepositories) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  world_.repository.read_only = true;
  TARN_EXPECT_OK(Commit(world_.context, world_.repository, {.branch = kMain, .force = true}));
  EXPECT_TRUE(listener_.heard.empty());
}

struct Verb {
  std::string_view event;  ///< Without "pre-".
  std::string_view prefix;
  Status (*run)(World&);
};
/// Each can run in a world of MakeStage.
const Verb kVerbs[] = {
    {"commit", "", [](World& w) { return ToStatus(w.CommitAll("dev")); }},
    {"merge",
     "update branch main: ", [](World& w) { return ToStatus(w.MergeInto("main", "side")); }},
    {"revert", "update branch: ",
     [](World& w) {
       return ToStatus(
           Revert(w.context, w.repository, {.branch = kMain, .ref = "main", .overrides = {}}));
     }},
    {"cherry-pick", "update branch: ",
     [](World& w) {
       return ToStatus(
           CherryPick(w.context, w.repository, {.branch = kMain, .ref = "side", .overrides = {}}));
     }},
    {"create-branch", "", [](World& w) { return ToStatus(w.Branch("new")); }},
    {"delete-branch", "",
     [](World& w) { return DeleteBranch(w.context, w.repository, kDev, false); }},
    {"create-tag", "",
     [](World& w) {
       return ToStatus(CreateTag(w.context, w.repository, {.id = TagId("new"), .ref = "main"}));
     }},
    {"delete-tag", "", [](World& w) { return DeleteTag(w.context, w.repository, kTag, false); }},
};

void MakeStage(World& world) {
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Branch("side"));
  TARN_EXPECT_OK(world.Put("side", "b", "1"));
  TARN_EXPECT_OK(world.CommitAll("side"));
  TARN_EXPECT_OK(world.Branch("dev"));
  TARN_EXPECT_OK(world.Put("dev", "c", "1"));
  TARN_EXPECT_OK(CreateTag(world.context, world.repository, {.id = kTag, .ref = "main"}));
}

/// Branches with heads and contents, and tags.
std::map<std::string, std::string> Everything(World& world) {
  std::map<std::string, std::string> all;
  for (const auto& branch : Must(world.refs.ListBranches(world.repository, {}, true)).items) {
    std::string& text = all["branch " + branch.id.str()] = branch.commit.str();
    for (const auto& [path, value] : world.ReadAll(branch.id.str())) text += path + value + " ";
  }
  for (const auto& tag : Must(world.refs.ListTags(world.repository, {})).items)
    all["tag " + tag.id.str()] = tag.commit.str();
  return all;
}

TEST(HooksTest, ARefusalChangesNothing) {
  for (const Verb& verb : kVerbs) {
    SCOPED_TRACE(verb.event);
    RecordingHooks hooks;
    World world(&hooks);
    MakeStage(world);
    const auto before = Everything(world);
    hooks.events.clear();
    hooks.failing = "pre-" + std::string(verb.event);
    const Status refused = verb.run(world);
    EXPECT_EQ(refused.code(), Code::kHookFailed);
    const std::string start = std::string(verb.prefix) + hooks.failing + " hook aborted, run id '";
    EXPECT_TRUE(refused.message().starts_with(start)) << refused.message();
    EXPECT_TRUE(refused.message().ends_with("': told to fail")) << refused.message();
    EXPECT_EQ(hooks.events.back(), hooks.failing) << "nothing comes after it";
    EXPECT_EQ(Everything(world), before);
    hooks.failing.clear();
    TARN_EXPECT_OK(verb.run(world));
    EXPECT_NE(Everything(world), before);
  }
}

TEST(HooksTest, AFailureAfterwardsUndoesNothing) {
  for (const Verb& verb : kVerbs) {
    SCOPED_TRACE(verb.event);
    RecordingHooks hooks;
    World world(&hooks);
    MakeStage(world);
    hooks.failing = "post-" + std::string(verb.event);
    const auto before = Everything(world);
    TARN_EXPECT_OK(verb.run(world));
    EXPECT_EQ(hooks.events.back(), hooks.failing);
    EXPECT_NE(Everything(world), before);
  }
}

/// Notes what becomes of events after changes, with what the listener does at their announcement.
class Announced : public RecordingHooks {
 public:
  Result<bool> Announce(const HookCall& call) override {
    notes.push_back("announced " + std::string(HookEventName(call.event)));
    if (at_announcement) at_announcement();
    return is_listening;
  }
  Status RunAnnounced(const HookCall& call) override {
    notes.push_back("ran " + std::string(HookEventName(call.event)));
    return Status();
  }
  void Withdraw(const HookCall& call, bool is_certain) override {
    EXPECT_TRUE(is_certain);
    notes.push_back("withdrawn " + std::string(HookEventName(call.event)));
  }
  Status NoteCommit(const refs::Repository&, std::string_view, std::string_view commit) override {
    noted = commit;
    return Status();
  }
  std::vector<std::string> notes;
  std::function<void()> at_announcement;
  bool is_listening = true;
  std::string noted;
};

TEST(HooksTest, EventsAfterAChangeAreAnnouncedBeforeIt) {
  for (const Verb& verb : kVerbs) {
    SCOPED_TRACE(verb.event);
    Announced hooks;
    World world(&hooks);
    MakeStage(world);
    hooks.notes.clear();
    hooks.noted.clear();
    const auto before = Everything(world);
    hooks.at_announcement = [&] { EXPECT_EQ(Everything(world), before); };
    TARN_EXPECT_OK(verb.run(world));
    const std::string event = "post-" + std::string(verb.event);
    EXPECT_EQ(hooks.notes, (std::vector{"announced " + event, "ran " + event}));
    const bool is_noted = verb.event == "commit" || verb.event == "revert";
    EXPECT_EQ(!hooks.noted.empty(), is_noted);
  }
}

TEST(HooksTest, WhatWasNotDoneIsWithdrawn) {
  Announced hooks;
  World world(&hooks);
  MakeStage(world);
  hooks.notes.clear();
  hooks.at_announcement = [&] {
    hooks.at_announcement = nullptr;
    TARN_EXPECT_OK(world.Branch("new"));
  };
  EXPECT_EQ(world.Branch("new").code(), Code::kNotUnique);
  const std::string event = "post-create-branch";
  EXPECT_EQ(hooks.notes, (std::vector{"announced " + event, "announced " + event, "ran " + event,
                                      "withdrawn " + event}));
  hooks.notes.clear();
  hooks.is_listening = false;
  EXPECT_EQ(world.Branch("new").code(), Code::kNotUnique);
  TARN_EXPECT_OK(world.Branch("newer"));
  EXPECT_EQ(hooks.notes, std::vector{"announced " + event});
}

/// Who listens to nothing at a ref is asked once for both events before a commit.
TEST(HooksTest, WhoListensToNothingIsNotAskedAgain) {
  class Elsewhere : public RecordingHooks {
   public:
    Result<Listening> Hear(const HookCall& call) override {
      heard.push_back(std::string(HookEventName(call.event)));
      return said;
    }
    std::vector<std::string> heard;
    Listening said = Listening::kNobody;
  };
  Elsewhere hooks;
  World world(&hooks);
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  EXPECT_EQ(hooks.heard, std::vector<std::string>{"prepare-commit"});
  hooks.heard.clear();
  hooks.said = Listening::kOtherEvents;
  TARN_EXPECT_OK(world.Put("main", "b", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  EXPECT_EQ(hooks.heard, (std::vector<std::string>{"prepare-commit", "pre-commit"}));
  EXPECT_EQ(hooks.events, std::vector<std::string>(2, "post-commit"));
}

TEST(HooksTest, WhereNobodyListensNothingRuns) {
  class Deaf : public RecordingHooks {
   public:
    HookRunner* Find(const refs::Repository&, HookEvent event) override {
      return event == HookEvent::kPostMerge ? this : nullptr;
    }
  };
  Deaf hooks;
  World world(&hooks);
  MakeStage(world);
  TARN_EXPECT_OK(world.MergeInto("main", "side"));
  EXPECT_EQ(hooks.events, std::vector<std::string>{"post-merge"});
}

/// Runs something in the hook before one kind of event, the first time.
class Reacting : public AllHooks {
 public:
  Reacting(HookEvent event, std::function<void()> reaction)
      : event_(event), reaction_(std::move(reaction)) {}
  Status Run(const HookCall& call) override {
    if (call.event != event_) return Status();
    if (calls++ == 0) reaction_();
    return Status();
  }
  std::atomic<int> calls = 0;

 private:
  const HookEvent event_;
  const std::function<void()> reaction_;
};

TEST(HooksTest, AHookIsAskedOnceThoughTheBranchMoves) {
  World* world = nullptr;
  Reacting hooks(HookEvent::kPreMerge, [&] {
    TARN_EXPECT_OK(world->Put("main", "meanwhile", "1"));
    TARN_EXPECT_OK(world->CommitAll("main"));
  });
  World made(&hooks);
  world = &made;
  MakeStage(made);
  const auto merged = Must(made.MergeInto("main", "side"));
  EXPECT_EQ(hooks.calls, 1);
  EXPECT_EQ(made.ReadAll("main@"), (Tree{{"a", "1"}, {"b", "1"}, {"meanwhile", "1"}}));
  EXPECT_EQ(Must(made.refs.GetCommit(made.repository, merged.parents[0]))->message, "m");
  EXPECT_EQ(merged.id, made.BranchRecord("main").commit);
}

/// The hook of a commit commits to the same branch through the server, that is to say on another
/// thread of the same small pool: nobody waits for the other.
TEST(HooksTest, AHookMayCallBack) {
  World* world = nullptr;
  runtime::WorkerPool* verbs = nullptr;
  const auto call = [&](std::promise<Status>& done) {
    TARN_EXPECT_OK(
        verbs->Submit("repo/main", [&] { done.set_value(world->CommitAll("main").status()); }));
  };
  std::promise<Status> inner, outer, later;
  Reacting hooks(HookEvent::kPreCommit, [&] {
    call(inner);
    TARN_EXPECT_OK(inner.get_future().get());
  });
  World made(&hooks);
  world = &made;
  TARN_EXPECT_OK(made.Put("main", "a", "1"));
  runtime::WorkerPool pool({.name = "verbs", .threads = 1, .aside_max = 2});
  verbs = &pool;
  const auto start = std::chrono::steady_clock::now();
  call(outer);
  // The inner one has taken the changes along.
  TARN_EXPECT_ERROR(outer.get_future().get(), Code::kNoChanges, "commit: no changes");
  EXPECT_LT(std::chrono::steady_clock::now() - start,
            std::chrono::milliseconds(BranchLocks::kWaitMs / 2));
  EXPECT_EQ(made.ReadAll("main@"), (Tree{{"a", "1"}}));
  TARN_EXPECT_OK(made.Put("main", "b", "1"));
  call(later);
  TARN_EXPECT_OK(later.get_future().get());
}

TEST(HooksTest, TooManyHooksAreRefused) {
  RecordingHooks hooks;
  World world(&hooks);
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  runtime::WorkerPool pool({.name = "verbs", .threads = 1, .aside_max = 0});
  std::promise<Status> done;
  TARN_EXPECT_OK(pool.Submit([&] { done.set_value(world.CommitAll("main").status()); }));
  const Status refused = done.get_future().get();
  EXPECT_EQ(refused.code(), Code::kSlowDown);
  EXPECT_TRUE(refused.message().ends_with("': too many hooks are running")) << refused.message();
  EXPECT_TRUE(hooks.events.empty());
}

}  // namespace
}  // namespace tarn::versioning
