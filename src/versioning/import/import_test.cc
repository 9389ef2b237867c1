// Imports: what lands on the branch, what is refused, and what becomes of them when they are
// cancelled, fail or lose their server.

#include "versioning/import/import.h"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>

#include "kv/store.h"
#include "kv/testing/hooked_store.h"
#include "versioning/import/import_record.h"
#include "versioning/jobs/job_kinds.h"
#include "versioning/reset.h"
#include "versioning/testing/import_world.h"

namespace tarn::versioning {
namespace {

using testing::ImportWorld;
using testing::Must;
using Contents = std::map<std::string, std::string>;

class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override { Make({}); }
  void Make(ImportWorld::Options options) {
    world_ = std::make_unique<ImportWorld>(std::move(options));
    for (const char* path : {"plain/a.txt", "plain/b.csv", "plain/nested/c.json"}) {
      world_->WriteSource(path, path);
    }
  }
  ImportWorld& world() { return *world_; }
  refs::Commit Head() {
    return Must(world().context.refs.Resolve(world().repository, "main")).commit;
  }

  std::unique_ptr<ImportWorld> world_;
};

TEST_F(ImportTest, MakesACommit) {
  ImportRequest request = ImportWorld::RequestOf({world().Prefix("plain/", "in/")});
  request.metadata = {{"k", "v"}};
  const refs::Commit before = Head();
  const ImportStatus status = world().Run(request);
  ASSERT_EQ(status.error, "");
  EXPECT_TRUE(status.completed);
  EXPECT_EQ(status.ingested_objects, 3);
  ASSERT_TRUE(status.commit);
  EXPECT_EQ(status.metarange, status.commit->metarange);
  EXPECT_EQ(status.commit->id, Head().id);
  EXPECT_EQ(status.commit->message, "import");
  EXPECT_EQ(status.commit->committer, "tester");
  EXPECT_EQ(status.commit->generation, before.generation + 1);
  EXPECT_EQ(status.commit->parents, std::vector<CommitId>{before.id});
  EXPECT_EQ(status.commit->metadata,
            (Metadata{{"k", "v"}, {".lakefs.merge.strategy", "source-wins"}}));
  EXPECT_EQ(world().ReadAll("main"), (Contents{{"in/a.txt", "plain/a.txt"},
                                               {"in/b.csv", "plain/b.csv"},
                                               {"in/nested/c.json", "plain/nested/c.json"}}));
  const Metadata metadata = Must(world().context.refs.GetRepositoryMetadata(world().repository));
  EXPECT_EQ(metadata.at(".lakefs.last.import.timestamp"),
            std::to_string(status.commit->created.seconds));
}

TEST_F(ImportTest, CommitsEvenIfNothingChanged) {
  const ImportStatus first = world().Run({world().Prefix("plain/", "in/")});
  ImportRequest again = ImportWorld::RequestOf({world().Prefix("plain/", "in/")});
  again.message.clear();
  const ImportStatus second = world().Run(again);
  EXPECT_NE(first.commit->id, second.commit->id);
  EXPECT_EQ(first.metarange, second.metarange);
  EXPECT_EQ(second.commit->message, "Import objects");
  const ImportStatus empty = world().Run(std::vector<ImportLocation>());
  EXPECT_TRUE(empty.completed);
  EXPECT_EQ(empty.metarange, first.metarange);
}

TEST_F(ImportTest, ReplacesEverythingUnderAPrefixAndOneKeyForAnObject) {
  world().WriteSource("old/x", "old");
  world().WriteSource("empty/.keep", "");
  world().Run({world().Prefix("old/", "foo"), world().Object("old/x", "foobar/y"),
               world().Object("old/x", "single"), world().Object("old/x", "single/more")});
  ASSERT_EQ(world().ReadAll("main").size(), 4u);
  const ImportStatus object = world().Run({world().Object("plain/a.txt", "single")});
  EXPECT_EQ(object.ingested_objects, 1);
  EXPECT_EQ(world().ReadAll("main"), (Contents{{"foo/x", "old"},
                                               {"foobar/y", "old"},
                                               {"single", "plain/a.txt"},
                                               {"single/more", "old"}}));
  // The destination is a prefix of text, as sent: "foo" takes "foobar/y" with it.
  world().Run({world().Prefix("empty/", "foo")});
  EXPECT_EQ(world().ReadAll("main"), (Contents{{"single", "plain/a.txt"}, {"single/more", "old"}}));
  world().Run({world().Prefix("empty/", "")});
  EXPECT_EQ(world().ReadAll("main"), Contents{});
}

TEST_F(ImportTest, PrefersPrefixesThenLaterLocations) {
  world().WriteSource("one/k", "one");
  world().WriteSource("two/k", "two");
  world().WriteSource("three/k", "three");
  const auto prefix = [&](const char* path) { return world().Prefix(path, "d/"); };
  const auto object = [&](const char* path) { return world().Object(path, "d/k"); };
  const auto winner = [&](std::vector<ImportLocation> locations) {
    const auto count = static_cast<int64_t>(locations.size());
    EXPECT_EQ(world().Run(std::move(locations)).ingested_objects, count);
    return world().ReadAll("main").at("d/k");
  };
  EXPECT_EQ(winner({prefix("one/"), prefix("two/")}), "two");
  EXPECT_EQ(winner({prefix("two/"), prefix("one/")}), "one");
  EXPECT_EQ(winner({object("one/k"), prefix("two/")}), "two");
  EXPECT_EQ(winner({prefix("two/"), object("one/k")}), "two");
  EXPECT_EQ(winner({prefix("two/"), object("one/k"), prefix("three/")}), "three");
  EXPECT_EQ(winner({object("three/k"), object("two/k")}), "two");
  EXPECT_EQ(winner({object("three/k"), object("two/k"), object("one/k")}), "one");
}

TEST_F(ImportTest, MergesManyOverlappingLocations) {
  Contents expected;
  std::vector<ImportLocation> locations;
  int64_t listed = 0;
  for (int l = 0; l < 12; ++l) {
    const std::string source = "many" + std::to_string(l);
    for (int f = 0; f < 40; ++f) {
      const std::string name = "f" + std::to_string((f * 7 + l * 13) % 60);
      world().WriteSource(source + "/" + name, source + name);
      expected["d" + std::to_string(l % 3) + "/" + name] = source + name;
      ++listed;
    }
    locations.push_back(world().Prefix(source + "/", "d" + std::to_string(l % 3)));
  }
  for (int o = 0; o < 600; ++o) {
    const std::string key = "d" + std::to_string(o % 5) + "/f" + std::to_string(o % 590);
    expected.emplace(key, "plain/b.csv");
    locations.push_back(world().Object("plain/b.csv", key));
    ++listed;
  }
  const ImportStatus status = world().Run(locations);
  ASSERT_EQ(status.error, "");
  EXPECT_EQ(status.ingested_objects, listed);
  EXPECT_EQ(world().ReadAll("main"), expected);
}

TEST_F(ImportTest, RefusesAtTheStart) {
  const auto start = [&](const char* branch, ImportLocation location) {
    ImportRequest request = ImportWorld::RequestOf({std::move(location)});
    request.branch = BranchId(branch);
    return world().Start(request);
  };
  const ImportLocation good = world().Prefix("plain/", "x");
  TARN_EXPECT_ERROR(start("nothing", good), Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(start("a.b", good), Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(start("main", {{}, "local://repo/data/", "x"}), Code::kInvalidValue,
                    "import path (local://repo/data/) in repository namespace (local://repo) is "
                    "prohibited: invalid import source");
  TARN_EXPECT_ERROR(start("main", {{}, "local://", "x"}), Code::kInvalidValue,
                    "prefix (local://) contains repository namespace: (local://repo), invalid "
                    "import source");
  TARN_EXPECT_ERROR(world().Get("unknown"), Code::kNotFound, "not found");
  TARN_EXPECT_ERROR(world().Cancel("unknown"), Code::kNotFound, "not found");
  testing::World memory;  // a store that does not import
  TARN_EXPECT_ERROR(
      StartImport(memory.context, *world().engine, memory.repository, ImportWorld::RequestOf({})),
      Code::kForbidden, "import is not supported for this storage");
}

TEST_F(ImportTest, RefusesTheOwnNamespaceHoweverItIsWritten) {
  namespace fs = std::filesystem;
  const std::string root = world().base + "/data";
  world().NewRepository("repo2");
  fs::create_directory_symlink(root, world().base + "/sources/other-name");
  // The sources are another name of the root: an operator's choice.
  fs::rename(world().base + "/sources", world().base + "/moved");
  fs::create_directory_symlink(root, world().base + "/sources");
  const auto code = [&](ImportLocationType type, const std::string& path) {
    return world().Start(ImportWorld::RequestOf({{type, path, "x"}})).code();
  };
  const auto prefix = ImportLocationType::kCommonPrefix, object = ImportLocationType::kObject;
  const std::string scheme = "local://", data = "/repo/data/";
  for (const std::string& path :
       {scheme + root + data, scheme + root + "/repo", "LOCAL://" + root + "/repo/",
        scheme + root + "/%72epo/data", scheme + world().base + "/sources/repo/",
        scheme + world().base + "/sources/%72epo/data/"}) {
    EXPECT_EQ(code(prefix, path), Code::kInvalidValue) << path;
    EXPECT_EQ(code(object, path + "x"),
              path.ends_with('/') || path.ends_with("data") ? Code::kInvalidValue : Code::kOk)
        << path;
  }
  for (const std::string& path :
       {scheme + root, scheme + root + "/", scheme + world().base + "/sources"}) {
    EXPECT_EQ(code(prefix, path), Code::kInvalidValue) << path;
  }
  EXPECT_EQ(code(prefix, scheme + root + "/repo2/"), Code::kOk) << "another repository's";
  EXPECT_EQ(code(prefix, "local://repo2/x"), Code::kOk) << "fails later";
}

TEST_F(ImportTest, FailsWithoutACommit) {
  const CommitId before = Head().id;
  const auto error = [&](ImportLocation location) {
    const ImportStatus status = world().Run({world().Prefix("plain/", "ok/"), location});
    EXPECT_FALSE(status.completed);
    EXPECT_FALSE(status.commit);
    EXPECT_EQ(Head().id, before);
    return status.error;
  };
  const std::string sources = world().base + "/sources/";
  EXPECT_EQ(error(world().Prefix("nothing/", "x/")),
            "error on ingest: open " + sources + "nothing: no such file or directory");
  EXPECT_EQ(error(world().Object("nothing", "x")),
            "error on ingest: open " + sources + "nothing: no such file or directory");
  const std::string walker = "error on ingest: creating object-store walker on path ";
  EXPECT_EQ(error({{}, "local:///etc/", "x/"}), walker + "local:///etc/: forbidden");
  EXPECT_EQ(error({ImportLocationType::kObject, "local:///etc/passwd", "x"}),
            walker + "local:///etc/passwd: forbidden");
  EXPECT_EQ(error({{}, "local://" + sources + "../x/", "x/"}),
            walker + "local://" + sources + "../x/: bad path traversal blocked");
  EXPECT_EQ(error({{}, "s3://bucket/x", "x/"}),
            walker + "s3://bucket/x: expected storage type local: invalid address");
  EXPECT_EQ(error({ImportLocationType::kObject, "::", "x"}),
            "error on ingest: could not parse storage URI <nil>: parse \"::\": missing protocol "
            "scheme");
  world().WriteSource("bad/n\xff", "");
  EXPECT_EQ(error(world().Prefix("bad/", "x/")),
            "error on ingest: name is not valid UTF-8: \"" + sources + "bad/n\\xff\"");
}

TEST_F(ImportTest, FailsOnADirtyBranchAndOnReadOnlyRepositories) {
  world().Stage("uncommitted");
  EXPECT_EQ(world().Run({world().Prefix("plain/", "in/")}).error,
            "merge import: uncommitted changes (dirty branch)");
  world().repository = world().NewRepository("frozen", /*read_only=*/true);
  EXPECT_EQ(world().Run({world().Prefix("plain/", "in/")}).error,
            "write range: read-only repository");
  EXPECT_EQ(world().Run(std::vector<ImportLocation>()).error,
            "create metarange: read-only repository");
  ImportRequest forced = ImportWorld::RequestOf({world().Prefix("plain/", "in/")});
  forced.force = true;
  EXPECT_TRUE(world().Run(forced).completed);
}

TEST_F(ImportTest, RunsCommitHooks) {
  testing::RecordingHooks hooks;
  Make({.hooks = &hooks});
  EXPECT_TRUE(world().Run({world().Prefix("plain/", "in/")}).completed);
  EXPECT_EQ(hooks.events, (std::vector<std::string>{"pre-commit", "post-commit"}));
  hooks.failing = "pre-commit";
  const ImportStatus refused = world().Run({world().Prefix("plain/", "in/")});
  EXPECT_TRUE(refused.error.starts_with(
      "merge import: update branch main: pre-commit hook aborted, run id '"))
      << refused.error;
  EXPECT_TRUE(refused.error.ends_with("told to fail")) << refused.error;
}

TEST_F(ImportTest, ListsOddAddresses) {
  world().WriteSource("odd/percent 100%/f", "p");
  world().WriteSource("odd/q?x#y/f", "q");
  world().WriteSource("odd/esc%41ped/f", "e");
  std::filesystem::create_directory_symlink("..", world().directory.path() + "/sources/odd/loop");
  ASSERT_EQ(world().Run({world().Prefix("odd/", "p")}).error, "");
  EXPECT_EQ(world().ReadAll("main"),
            (Contents{{"p/esc%41ped/f", "e"}, {"p/percent 100%/f", "p"}, {"p/q?x#y/f", "q"}}));
}

/// Holds the pre-commit hook until released: an import that is running as long as a test wants.
class Gate : public testing::AllHooks {
 public:
  Status Run(const HookCall& call) override {
    if (call.event != HookEvent::kPreCommit) return {};
    reached = true;
    reached.notify_all();
    open.wait(false);
    return {};
  }
  std::atomic<bool> reached = false, open = false;
  void Open() {
    open = true;
    open.notify_all();
  }
};

TEST_F(ImportTest, CancelStopsARunningImport) {
  Gate gate;
  Make({.hooks = &gate});
  const CommitId before = Head().id;
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  gate.reached.wait(false);
  ImportStatus status = Must(world().Get(id));
  EXPECT_FALSE(status.completed);
  EXPECT_EQ(status.error, "");
  EXPECT_EQ(status.ingested_objects, 3);
  TARN_EXPECT_OK(world().Cancel(id));
  TARN_EXPECT_OK(world().Cancel(id));
  gate.Open();
  status = world().Await(id);
  EXPECT_EQ(status.error, "Canceled");
  world().engine.reset();  // waits for the import to end
  const JobRecord record =
      Must(records::Get(*world().kv, kImportForm.records, world().repository.partition(), id));
  EXPECT_EQ(record.updated, status.updated);
  EXPECT_EQ(Head().id, before);
}

TEST_F(ImportTest, CancelOfAnotherServerIsNoticed) {
  Gate gate;
  Make({.hooks = &gate, .jobs = {.heartbeat_ms = 3'600'000}});  // Before any heartbeat.
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  gate.reached.wait(false);
  {
    const auto other = world().NewEngine();
    TARN_EXPECT_OK(CancelImport(*other, world().repository, id));
  }
  gate.Open();
  world().engine.reset();
  EXPECT_EQ(Head().generation, 1);
}

TEST_F(ImportTest, CancelAfterTheEnd) {
  const std::string done =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  ASSERT_TRUE(world().Await(done).completed);
  TARN_EXPECT_ERROR(world().Cancel(done), Code::kConflict, "conflict found");
  const std::string failed =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("nothing/", "in/")})));
  ASSERT_NE(world().Await(failed).error, "");
  TARN_EXPECT_OK(world().Cancel(failed));
  EXPECT_EQ(world().Await(failed).error, "Canceled");
}

TEST_F(ImportTest, HeartbeatRenewsTheRecord) {
  Gate gate;
  Make({.hooks = &gate});
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  gate.reached.wait(false);
  const Timestamp first = Must(world().Get(id)).updated;
  for (int i = 0; i < 500; ++i) {
    if (Must(world().Get(id)).updated != first) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_NE(Must(world().Get(id)).updated, first);
  gate.Open();
  EXPECT_TRUE(world().Await(id).completed);
}

/// Waits in its hook until nobody wants the import any more.
TEST_F(ImportTest, ACancelledImportTellsItsHook) {
  class Patient : public testing::AllHooks {
   public:
    Status Run(const HookCall& call) override {
      if (call.event != HookEvent::kPreCommit) return {};
      entered.count_down();
      while (!*call.cancelled) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return {};
    }
    std::latch entered{1};
  };
  Patient hook;
  Make({.hooks = &hook});
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  hook.entered.wait();
  TARN_EXPECT_OK(world().Cancel(id));
  EXPECT_EQ(world().Await(id).error, "Canceled");
  EXPECT_TRUE(world().ReadAll("main").empty());
}

// Imports that hang hold up neither those of other repositories nor, for dead, those behind them.
TEST_F(ImportTest, WaitingImportsAreAlive) {
  ImportWorld& w = world();
  std::latch gate(1);
  for (int i = 0; i < ImportWorld::kImportsPerRepository; ++i) {
    TARN_EXPECT_OK(w.jobs.Submit(w.repository.partition(), [&] { gate.wait(); }));
  }
  const ImportRequest request = ImportWorld::RequestOf({w.Prefix("plain/", "in/")});
  const std::string waiting = Must(w.Start(request));
  const auto status = [&] { return Must(w.Get(waiting)); };
  const Timestamp first = status().updated;

  const refs::Repository other = w.NewRepository("other");
  const std::string passing = Must(StartImport(w.context, *w.engine, other, request));
  const auto passes = [&] { return Must(GetImport(*w.engine, other, passing)); };
  while (!passes().completed && passes().error.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(passes().error, "");

  for (int i = 0; i < 500 && status().updated == first; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_NE(status().updated, first);
  TARN_EXPECT_OK(w.engine->Recover());
  EXPECT_EQ(status().error, "");
  EXPECT_FALSE(status().completed);
  gate.count_down();
  EXPECT_TRUE(w.Await(waiting).completed);
}

// A request of an import is kept while it waits; those of one repository may take only so much.
TEST_F(ImportTest, LargeRequestsThatWaitAreRefused) {
  ImportWorld& w = world();
  std::latch gate(1);
  for (int i = 0; i < ImportWorld::kImportsPerRepository; ++i) {
    TARN_EXPECT_OK(w.jobs.Submit(w.repository.partition(), [&] { gate.wait(); }));
  }
  ImportRequest request = ImportWorld::RequestOf({w.Prefix("plain/", "in/")});
  request.metadata["large"] = std::string(ImportWorld::kQueueBytesMax / 2 - 10'000, 'x');
  const std::string waiting = Must(w.Start(request));
  EXPECT_EQ(w.Start(request).code(), Code::kSlowDown);
  TARN_EXPECT_OK(StartImport(w.context, *w.engine, w.NewRepository("other"), request));
  gate.count_down();
  EXPECT_TRUE(w.Await(waiting).completed);
}

/// The record of an import whose server died.
std::string LeaveRunning(ImportWorld& world) {
  const std::string id = "cdeadimport000000000";
  JobRecord job;
  job.id = id;
  job.updated = world.clock.Now();
  TARN_EXPECT_OK(
      records::Create(*world.kv, kImportForm.records, world.repository.partition(), id, job));
  return id;
}

// The heart must not miss the record of an import that is only about to write it.
TEST_F(ImportTest, HeartbeatsDuringTheStart) {
  kv::HookedStore slow(*world().kv);
  slow.set_hook([](kv::HookedStore::Call call, std::string_view, std::string_view) {
    if (call == kv::HookedStore::Call::kSet) {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    return Status();
  });
  ImportWorld& w = world();
  refs::Store refs(slow, w.clock, *w.random, {});
  Context context{slow,      refs,    w.staging, w.committed, *w.objects, nullptr,
                  w.workers, w.clock, *w.random, w.xids,      {}};
  JobEngine engine(context, {w.jobs, w.jobs}, {.heartbeat_ms = 1});
  const std::string id = Must(StartImport(context, engine, w.repository,
                                          ImportWorld::RequestOf({w.Prefix("plain/", "in/")})));
  const ImportStatus status = w.Await(id);
  EXPECT_EQ(status.error, "");
  EXPECT_TRUE(status.completed);
}

TEST_F(ImportTest, RecoverFailsWhatAnEarlierProcessLeft) {
  const std::string id = LeaveRunning(world());
  EXPECT_EQ(Must(world().Get(id)).error, "");
  TARN_EXPECT_OK(world().engine->Recover());
  world().clock.monotonic_ms += 60'000;  // Of a store that nobody else uses, once is enough.
  TARN_EXPECT_OK(world().engine->Recover());
  const ImportStatus status = Must(world().Get(id));
  EXPECT_EQ(status.error, "interrupted by a restart of the server: start the import again");
  EXPECT_FALSE(status.completed);
}

TEST_F(ImportTest, RecoverLeavesRunningImportsAlone) {
  Gate gate;
  Make({.hooks = &gate});
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  gate.reached.wait(false);
  TARN_EXPECT_OK(world().engine->Recover());
  gate.Open();
  EXPECT_TRUE(world().Await(id).completed);
}

TEST_F(ImportTest, RecoverForgetsAfterADay) {
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  world().Await(id);
  world().clock.seconds += 23 * 3600;
  TARN_EXPECT_OK(world().engine->Recover());
  TARN_EXPECT_OK(world().Get(id));
  world().clock.seconds += 2 * 3600;
  // Its thread may not have let go of the job yet.
  for (int i = 0; i < 2000 && world().Get(id).ok(); ++i) {
    TARN_EXPECT_OK(world().engine->Recover());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(world().Get(id).code(), Code::kNotFound);
}

TEST_F(ImportTest, ALostRaceKeepsTheIngestedTree) {
  Gate gate;
  Make({.hooks = &gate});
  const std::string id =
      Must(world().Start(ImportWorld::RequestOf({world().Prefix("plain/", "in/")})));
  gate.reached.wait(false);
  // Behind the back of the verbs, which would line up: the branch moves to another commit.
  refs::Commit other = Head();
  other.parents = {other.id};
  other.message = "other";
  other = Must(world().context.refs.AddCommit(world().repository, other));
  TARN_EXPECT_OK(world().context.refs.UpdateBranch(world().repository, BranchId("main"),
                                                   [&](refs::Branch* branch) -> Result<bool> {
                                                     branch->commit = other.id;
                                                     return true;
                                                   }));
  gate.Open();
  const ImportStatus status = world().Await(id);
  ASSERT_TRUE(status.completed) << status.error;
  EXPECT_EQ(status.commit->parents, std::vector<CommitId>{other.id});
  EXPECT_EQ(status.ingested_objects, 3);
}

TEST(ImportRecord, KeepsAllFieldsAndAnyText) {
  JobRecord job;
  job.id = "x";
  job.state = JobState::kDone;
  job.updated = {1700000000, 5};
  job.progress = 1234567890123;
  job.result = EncodeImportResult({.metarange = MetarangeId("abc"),
                                   .commit = refs::Commit{.id = CommitId("c"), .message = "m"}});
  job.error.text = "bad \xff name";
  const std::string bytes = EncodeImport(job);
  const JobRecord read = Must(DecodeImport(bytes));
  EXPECT_EQ(read.id, job.id);
  EXPECT_EQ(read.state, JobState::kDone);
  EXPECT_EQ(read.updated, job.updated);
  EXPECT_EQ(read.progress, job.progress);
  const ImportResult result = Must(DecodeImportResult(read.result.value_or("")));
  EXPECT_EQ(result.metarange.view(), "abc");
  ASSERT_TRUE(result.commit);
  EXPECT_EQ(result.commit->message, "m");
  EXPECT_EQ(read.error.text, "bad \xef\xbf\xbd name");
  EXPECT_EQ(EncodeImport(read), bytes);
  EXPECT_EQ(DecodeImport("\xff\xff").code(), Code::kCorrupt);
}

TEST(ImportRecord, KeepsWhatAnotherServerNeedsForAsLongAsItRuns) {
  JobRecord job;
  job.id = "x";
  const std::string plain = EncodeImport(job);
  ImportRequest asked =
      ImportWorld::RequestOf({{ImportLocationType::kObject, "s3://bucket/\xff", "key"},
                              {ImportLocationType::kCommonPrefix, "s3://bucket/p/", "prefix/"}});
  asked.metadata = {{"b", "2"}, {"a", "1"}};
  asked.force = true;
  job.owner = "server";
  job.takeovers = 2;
  job.intent = "commit";
  job.request = EncodeImportRequest(asked);
  const std::string running = EncodeImport(job);
  EXPECT_TRUE(running.starts_with(plain)) << "what the reference knows comes first, unchanged";
  const JobRecord read = Must(DecodeImport(running));
  EXPECT_EQ(read.owner, "server");
  EXPECT_EQ(read.takeovers, 2);
  EXPECT_EQ(read.intent, "commit");
  const ImportRequest request = Must(DecodeImportRequest(read.request));
  EXPECT_EQ(request.branch, asked.branch);
  ASSERT_EQ(request.locations.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(request.locations[i].type, asked.locations[i].type);
    EXPECT_EQ(request.locations[i].path, asked.locations[i].path);
    EXPECT_EQ(request.locations[i].destination, asked.locations[i].destination);
  }
  EXPECT_EQ(request.committer, asked.committer);
  EXPECT_EQ(request.message, asked.message);
  EXPECT_EQ(request.metadata, asked.metadata);
  EXPECT_TRUE(request.force);
  EXPECT_EQ(DecodeImportRequest("\xff").code(), Code::kCorrupt);
  job.state = JobState::kDone;
  EXPECT_EQ(Must(DecodeImport(EncodeImport(job))).request, "");
}

/// Writes to the branch and resets it again while an import is being published.
class ResettingHooks : public testing::AllHooks {
 public:
  Status Run(const HookCall& call) override {
    if (call.event == HookEvent::kPreCommit && world != nullptr) WriteAndReset(*world);
    return Status();
  }
  static void WriteAndReset(ImportWorld& w) {
    const BranchId main("main");
    w.Stage("in/a.txt");
    TARN_EXPECT_OK(ResetPrefix(w.context, w.repository, main, "in/", false));
    w.Stage("in/b.csv");
    TARN_EXPECT_OK(ResetPath(w.context, w.repository, main, "in/b.csv", false));
  }
  ImportWorld* world = nullptr;
};

TEST_F(ImportTest, ResetsLeaveNothingOverAnImport) {
  ResettingHooks hooks;
  Make({.hooks = &hooks});
  hooks.world = &world();
  ResettingHooks::WriteAndReset(world());
  const ImportStatus status = world().Run({world().Prefix("plain/", "in/")});
  EXPECT_TRUE(status.completed) << status.error;
  EXPECT_EQ(world().ReadAll("main"), world().ReadAll("main@"));
  EXPECT_EQ(world().ReadAll("main").size(), 3u);
}

}  // namespace
}  // namespace tarn::versioning
