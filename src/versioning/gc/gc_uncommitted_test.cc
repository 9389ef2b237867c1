#include "versioning/gc/gc_uncommitted.h"

#include "block/mem/mem_store.h"
#include "codec/base64.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

class GcUncommittedTest : public ::testing::Test {
 protected:
  /// Runs all pages; the last one.
  GcUncommittedPage RunAll(const GcPageLimits& limits, int* pages = nullptr) {
    std::optional<GcMark> mark;
    for (int i = 1; i < 1000; ++i) {
      auto page = Must(PrepareGcUncommitted(world_.context, world_.repository, mark, limits));
      if (!page.next) {
        if (pages != nullptr) *pages = i;
        return page;
      }
      mark = Must(DecodeGcMark(EncodeGcMark(*page.next)));
    }
    ADD_FAILURE() << "run does not end";
    return {};
  }
  /// Names of the files of a run.
  std::vector<std::string> Files(const std::string& location) {
    std::vector<std::string> names;
    const auto walker = Must(world_.objects.Walk({.source_uri = location}));
    for (;;) {
      const auto batch = Must(walker->Next());
      if (!batch) return names;
      TARN_EXPECT_OK(batch->Read(
          [&](const block::WalkedObject& object) { names.emplace_back(object.address); }));
    }
  }

  World world_;
};

TEST_F(GcUncommittedTest, NothingUncommitted) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const auto page = RunAll({});
  EXPECT_EQ(page.location, "");
  EXPECT_FALSE(page.run_id.empty());
}

TEST_F(GcUncommittedTest, OnePage) {
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const auto page = RunAll({});
  EXPECT_EQ(page.location,
            "mem://bucket/repo/_lakefs/retention/gc/uncommitted/" + page.run_id + "/uncommitted/");
  EXPECT_EQ(Files(page.location).size(), 1u);
}

// The collector looks at the last answer only: one without rows must still name the folder.
TEST_F(GcUncommittedTest, LastPageNamesTheFolderOfAllPages) {
  TARN_EXPECT_OK(world_.Branch("a"));
  for (int i = 0; i < 3000; ++i) {
    TARN_EXPECT_OK(world_.Put("a", "p" + std::to_string(i), "1"));
  }
  world_.clock.monotonic_ms = 0;
  auto page =
      Must(PrepareGcUncommitted(world_.context, world_.repository, {}, {.interval_ms = -1}));
  ASSERT_TRUE(page.next);
  const std::string location = page.location;
  EXPECT_NE(location, "");
  TARN_EXPECT_OK(world_.CommitAll("a"));
  page = Must(PrepareGcUncommitted(world_.context, world_.repository, page.next, {}));
  EXPECT_FALSE(page.next);
  EXPECT_EQ(page.location, location);
  EXPECT_EQ(Files(location).size(), 1u);
}

TEST_F(GcUncommittedTest, PagesContinueAcrossBranches) {
  for (const char* branch : {"a", "b", "c"}) {
    TARN_EXPECT_OK(world_.Branch(branch));
    for (int i = 0; i < 1500; ++i) {
      TARN_EXPECT_OK(world_.Put(branch, "p" + std::to_string(i), "1"));
    }
  }
  int pages = 0;
  const auto page = RunAll({.interval_ms = -1}, &pages);
  EXPECT_EQ(pages, 5);  // 4500 records, a look at the clock each 1024
  EXPECT_EQ(Files(page.location).size(), 5u);
  EXPECT_EQ(Files(RunAll({.interval_ms = 0}).location).size(), 1u);
}

TEST_F(GcUncommittedTest, Marks) {
  const GcMark mark = {
      .run_id = world_.refs.xids().New(), .branch = "b", .path = "p\xff", .wrote = false};
  const GcMark read = Must(DecodeGcMark(EncodeGcMark(mark)));
  EXPECT_EQ(read.run_id, mark.run_id);
  EXPECT_EQ(read.branch, "b");
  EXPECT_EQ(read.path, "p\xff");
  EXPECT_FALSE(read.wrote);
  // Of the reference: whether something was written is not known.
  const std::string foreign =
      EncodeBase64(R"({"branch":"b","path":"p","run_id":")" + mark.run_id + R"(","key":""})");
  EXPECT_TRUE(Must(DecodeGcMark(foreign)).wrote);
  for (const std::string& text : {std::string("%%%"), EncodeBase64("hello"), EncodeBase64("[]"),
                                  EncodeBase64(R"({"run_id":"../../x"})")}) {
    TARN_EXPECT_ERROR(DecodeGcMark(text), Code::kInvalidValue, "invalid continuation token");
  }
}

TEST_F(GcUncommittedTest, ReadOnlyRepositoryIsLeftAlone) {
  world_.repository.read_only = true;
  EXPECT_EQ(PrepareGcUncommitted(world_.context, world_.repository, {}, {}).code(),
            Code::kReadOnlyRepository);
}

}  // namespace
}  // namespace tarn::versioning
