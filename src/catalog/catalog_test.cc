#include "catalog/catalog.h"

#include <set>

#include "base/blocking.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "versioning/repository/repositories.h"
#include "versioning/testing/world.h"

namespace tarn::catalog {
namespace {

using versioning::SetCondition;
using versioning::testing::Must;
using versioning::testing::World;

class CatalogTest : public ::testing::Test {
 protected:
  Result<PathEntry> Put(const std::string& path, std::string_view text,
                        SetCondition condition = SetCondition::kNone) {
    TARN_TRY_ASSIGN(auto upload,
                    catalog_.BeginUpload(world_.repository, {.branch = BranchId("main"),
                                                             .path = path,
                                                             .content_type = "text/plain",
                                                             .condition = condition}));
    TARN_TRY(upload->Write(text));
    return upload->Finish();
  }
  /// "path" for objects, "path*" for common prefixes; "+" and the offset if there are more.
  std::string List(ListRequest request) {
    if (request.ref.empty()) request.ref = "main";
    std::string text;
    const ListEnd end = Must(catalog_.List(world_.repository, request, [&](const ListedItem& item) {
      text += (text.empty() ? "" : " ") + std::string(item.path) + (item.is_prefix ? "*" : "");
      return Status();
    }));
    if (end.has_more) text += " + " + end.next_offset;
    return text;
  }
  std::string Diff(DiffRequest request) {
    const auto page = Must(catalog_.Diff(world_.repository, request));
    std::string text;
    for (const DiffItem& item : page.items) {
      text +=
          (text.empty() ? "" : " ") +
          (item.is_prefix ? item.path + "*" : "+-~!"[static_cast<size_t>(item.kind)] + item.path);
    }
    return text + (page.has_more ? " +" : "");
  }
  std::set<std::string> DataObjects() {
    std::set<std::string> names;
    for (const std::string& name : world_.objects.Names()) {
      if (name.find("/data/") != std::string::npos) names.insert(name);
    }
    return names;
  }

  World world_;
  Catalog catalog_{world_.context};
};

TEST_F(CatalogTest, UploadAndRead) {
  const PathEntry put = Must(Put("a.txt", "hello"));
  EXPECT_EQ(put.entry.checksum, "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(put.entry.size, 5);
  EXPECT_EQ(put.entry.content_type, "text/plain");
  EXPECT_EQ(put.entry.address_type, AddressType::kRelative);
  EXPECT_EQ(put.entry.address.size(), 5u + 20 + 1 + 20);
  EXPECT_TRUE(put.entry.address.starts_with("data/"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  for (const char* ref : {"main", "main@", "main~0"}) {
    const Entry entry = Must(catalog_.GetEntry(world_.repository, ref, "a.txt"));
    EXPECT_EQ(entry.address, put.entry.address);
    EXPECT_EQ(entry.last_modified, put.entry.last_modified);
    const auto stream = Must(catalog_.OpenObject(world_.repository, entry));
    std::string bytes(10, '\0');
    EXPECT_EQ(Must(stream->Read(bytes)), 5u);
    EXPECT_EQ(bytes.substr(0, 5), "hello");
    EXPECT_EQ(Must(catalog_.PhysicalAddress(world_.repository, entry.address, entry.address_type)),
              "mem://bucket/repo/" + put.entry.address);
  }
  TARN_EXPECT_ERROR(catalog_.GetEntry(world_.repository, "main~1", "a.txt"), Code::kNotFound,
                    "not found");
  TARN_EXPECT_ERROR(catalog_.GetEntry(world_.repository, "main", "a"), Code::kNotFound,
                    "not found");
  TARN_EXPECT_ERROR(catalog_.GetEntry(world_.repository, "none", "a"), Code::kNotFound,
                    "not found");
  TARN_EXPECT_OK(world_.objects.Remove({"mem://bucket/repo", put.entry.address}));
  EXPECT_EQ(catalog_.OpenObject(world_.repository, put.entry).code(), Code::kDataNotFound);
}

TEST_F(CatalogTest, UploadsInPieces) {
  auto upload = Must(catalog_.BeginUpload(
      world_.repository,
      {.branch = BranchId("main"), .path = "p", .metadata = {{"colour", "Blue"}}}));
  const std::string piece(100'000, 'x');
  Md5Hasher md5;
  for (int i = 0; i < 20; ++i) {
    TARN_EXPECT_OK(upload->Write(piece));
    md5.Update(piece);
  }
  const PathEntry put = Must(upload->Finish());
  EXPECT_EQ(put.entry.size, 2'000'000);
  EXPECT_EQ(put.entry.checksum, ToHex(AsView(md5.Finish())));
  EXPECT_EQ(put.entry.content_type, "application/octet-stream");
  EXPECT_EQ(Must(catalog_.GetEntry(world_.repository, "main", "p")).metadata,
            (Metadata{{"colour", "Blue"}}));
}

TEST_F(CatalogTest, UploadsAreRefusedBeforeTheirBody) {
  const auto begin = [&](UploadRequest request) {
    return catalog_.BeginUpload(world_.repository, request).status();
  };
  const std::string long_path(1025, 'p');
  TARN_EXPECT_ERROR(begin({.branch = BranchId("nothing"), .path = "a"}), Code::kBranchNotFound,
                    "branch 'nothing' not found");
  TARN_EXPECT_ERROR(begin({.branch = BranchId("main~0"), .path = "a"}), Code::kInvalidValue,
                    "argument name: branch id: invalid value: validation error");
  TARN_EXPECT_ERROR(begin({.branch = BranchId("main"), .path = long_path}), Code::kInvalidValue,
                    "argument path: invalid value: validation error: 1025 is above maximum length "
                    "(1024)");
  TARN_EXPECT_OK(Put("a", "1"));
  TARN_EXPECT_ERROR(
      begin({.branch = BranchId("main"), .path = "a", .condition = SetCondition::kAbsent}),
      Code::kPreconditionFailed, "path already exists");
  world_.repository.read_only = true;
  TARN_EXPECT_ERROR(begin({.branch = BranchId("main"), .path = "b"}), Code::kReadOnlyRepository,
                    "read-only repository");
  TARN_EXPECT_OK(begin({.branch = BranchId("main"), .path = "b", .force = true}));
  EXPECT_EQ(DataObjects().size(), 1u);  // Uploads that were not finished leave nothing.
}

TEST_F(CatalogTest, AnUploadThatLosesItsConditionLeavesNothing) {
  auto upload = Must(catalog_.BeginUpload(
      world_.repository,
      {.branch = BranchId("main"), .path = "a", .condition = SetCondition::kAbsent}));
  TARN_EXPECT_OK(upload->Write(std::string_view("late")));
  TARN_EXPECT_OK(Put("a", "first"));
  TARN_EXPECT_ERROR(upload->Finish(), Code::kPreconditionFailed, "path already exists");
  EXPECT_EQ(DataObjects().size(), 1u);
  EXPECT_EQ(Must(catalog_.GetEntry(world_.repository, "main", "a")).size, 5);

  TARN_EXPECT_OK(world_.Branch("dev"));
  auto orphan =
      Must(catalog_.BeginUpload(world_.repository, {.branch = BranchId("dev"), .path = "o"}));
  TARN_EXPECT_OK(
      versioning::DeleteBranch(world_.context, world_.repository, BranchId("dev"), false));
  TARN_EXPECT_ERROR(orphan->Finish(), Code::kBranchNotFound, "branch not found");
  EXPECT_EQ(DataObjects().size(), 1u);
}

TEST_F(CatalogTest, LinkedObjects) {
  Entry entry;
  entry.address = "mem://elsewhere/100%";
  entry.address_type = AddressType::kFull;
  entry.checksum = "c";
  entry.size = 7;
  const auto link = [&](SetCondition condition) {
    return catalog_.LinkObject(world_.repository, BranchId("main"), "a", entry, condition, false);
  };
  TARN_EXPECT_OK(link(SetCondition::kAbsent));
  TARN_EXPECT_ERROR(link(SetCondition::kAbsent), Code::kPreconditionFailed, "path already exists");
  TARN_EXPECT_OK(link(SetCondition::kNone));
  EXPECT_EQ(List({}), "a");
  EXPECT_EQ(Must(catalog_.PhysicalAddress(world_.repository, entry.address, entry.address_type)),
            "mem://elsewhere/100%");
  TARN_EXPECT_ERROR(catalog_.LinkObject(world_.repository, BranchId("none"), "a", entry,
                                        SetCondition::kNone, false),
                    Code::kBranchNotFound, "branch not found");
}

TEST_F(CatalogTest, CopiesHaveTheirOwnObject) {
  TARN_EXPECT_OK(Put("a", "one"));
  TARN_EXPECT_OK(catalog_.SetUserMetadata(world_.repository, BranchId("main"), "a", {{"k", "v"}}));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_OK(Put("a", "two"));
  TARN_EXPECT_OK(world_.Branch("dev"));
  CopyRequest request{"main@", "a", BranchId("dev"), "b"};
  const PathEntry copy = Must(catalog_.CopyObject(world_.repository, request));
  const Entry original = Must(catalog_.GetEntry(world_.repository, "main@", "a"));
  EXPECT_EQ(copy.path, "b");
  EXPECT_EQ(copy.entry.checksum, original.checksum);
  EXPECT_EQ(copy.entry.metadata, (Metadata{{"k", "v"}}));
  EXPECT_EQ(copy.entry.content_type, "text/plain");
  EXPECT_NE(copy.entry.address, original.address);
  const Entry stored = Must(catalog_.GetEntry(world_.repository, "dev", "b"));
  EXPECT_EQ(stored.address, copy.entry.address);
  const auto stream = Must(catalog_.OpenObject(world_.repository, stored));
  std::string bytes(3, ' ');
  EXPECT_EQ(Must(stream->Read(bytes)), 3u);
  EXPECT_EQ(bytes, "one");
}

TEST_F(CatalogTest, CopiesComeFromOtherRepositoriesAndChangeMetadata) {
  TARN_EXPECT_OK(Put("a", "one"));
  TARN_EXPECT_OK(catalog_.SetUserMetadata(world_.repository, BranchId("main"), "a", {{"k", "v"}}));
  const refs::Repository other = Must(versioning::CreateRepository(
      world_.context,
      {.id = RepositoryId("other"), .storage_namespace = StorageNamespace("mem://other")}));
  CopyRequest request{.source_ref = "main",
                      .source_path = "a",
                      .branch = BranchId("main"),
                      .path = "b",
                      .source_repository = world_.repository,
                      .metadata = Metadata{{"x", "y"}},
                      .content_type = "text/html"};
  const PathEntry copy = Must(catalog_.CopyObject(other, request));
  EXPECT_EQ(copy.entry.metadata, (Metadata{{"x", "y"}}));
  const Entry stored = Must(catalog_.GetEntry(other, "main", "b"));
  EXPECT_EQ(stored.content_type, "text/html");
  EXPECT_EQ(stored.metadata, (Metadata{{"x", "y"}}));
  EXPECT_EQ(catalog_.GetEntry(world_.repository, "main", "b").code(), Code::kNotFound);
  request.source_repository->storage_id = "elsewhere";
  EXPECT_EQ(catalog_.CopyObject(other, request).code(), Code::kInvalidRequest);
}

TEST_F(CatalogTest, CopiesAreRefusedBeforeBytesMove) {
  TARN_EXPECT_OK(Put("a", "one"));
  const auto objects = DataObjects();
  const auto copy = [&](CopyRequest request) {
    return catalog_.CopyObject(world_.repository, request).status();
  };
  TARN_EXPECT_ERROR(copy({"main", "a", BranchId("none"), "b"}), Code::kBranchNotFound,
                    "branch 'none' not found");
  TARN_EXPECT_ERROR(copy({"main", "none", BranchId("main"), "b"}), Code::kNotFound, "not found");
  TARN_EXPECT_ERROR(copy({"main", "a", BranchId("main"), ""}), Code::kPathRequired,
                    "argument path: missing path: required value: validation error");
  world_.repository.read_only = true;
  EXPECT_EQ(copy({"main", "a", BranchId("main"), "b"}).code(), Code::kReadOnlyRepository);
  EXPECT_EQ(DataObjects(), objects);
}

TEST_F(CatalogTest, UserMetadataIsReplaced) {
  TARN_EXPECT_OK(Put("a", "one"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const auto set = [&](const std::string& path, Metadata metadata) {
    return catalog_.SetUserMetadata(world_.repository, BranchId("main"), path, metadata);
  };
  const Entry before = Must(catalog_.GetEntry(world_.repository, "main", "a"));
  TARN_EXPECT_OK(set("a", {{"x", "1"}, {"y", "2"}}));
  TARN_EXPECT_OK(set("a", {{"y", "3"}}));
  const Entry after = Must(catalog_.GetEntry(world_.repository, "main", "a"));
  EXPECT_EQ(after.metadata, (Metadata{{"y", "3"}}));
  // What says how to read the bytes is not the user's to lose.
  TARN_EXPECT_OK(set("a", {{"::lakefs::content-encoding", "gzip"}, {"::lakefs::other", "1"}}));
  TARN_EXPECT_OK(set("a", {{"z", "4"}}));
  EXPECT_EQ(Must(catalog_.GetEntry(world_.repository, "main", "a")).metadata,
            (Metadata{{"::lakefs::content-encoding", "gzip"}, {"z", "4"}}));
  TARN_EXPECT_OK(set("a", {{"::lakefs::content-encoding", "br"}}));
  EXPECT_EQ(Must(catalog_.GetEntry(world_.repository, "main", "a")).metadata,
            (Metadata{{"::lakefs::content-encoding", "br"}}));
  EXPECT_EQ(after.address, before.address);
  EXPECT_EQ(after.last_modified, before.last_modified);
  EXPECT_EQ(Diff({.type = DiffType::kUncommitted, .left = "main"}), "~a");
  TARN_EXPECT_ERROR(set("b", {}), Code::kNotFound,
                    "update user metadata on repo/main/b: not found");
}

TEST_F(CatalogTest, AddressesRotateTheirPartition) {
  const auto partition = [&] { return catalog_.NewAddress().substr(5, 20); };
  const std::string first = partition();
  EXPECT_EQ(partition(), first);
  EXPECT_NE(catalog_.NewAddress(), catalog_.NewAddress());
  world_.clock.monotonic_ms += 3'600'001;
  const std::string second = partition();
  EXPECT_LT(second, first);  // Newer partitions sort first.
  for (int i = 1; i < 50'000; ++i) EXPECT_EQ(partition(), second);
  EXPECT_LT(partition(), second);
}

TEST_F(CatalogTest, Deletes) {
  TARN_EXPECT_OK(Put("a", "1"));
  const auto remove = [&](const char* branch, const std::string& path, bool force = false) {
    return catalog_.DeleteObject(world_.repository, BranchId(branch), path, force, false);
  };
  TARN_EXPECT_OK(remove("main", "a"));
  TARN_EXPECT_OK(remove("main", "missing"));
  EXPECT_EQ(List({}), "");
  TARN_EXPECT_ERROR(remove("a.b", "a"), Code::kInvalidValue,
                    "argument branch: branch id: invalid value: validation error");
  TARN_EXPECT_ERROR(remove("nothing", "a"), Code::kBranchNotFound, "branch not found");
  EXPECT_EQ(remove("main", "").code(), Code::kPathRequired);
  world_.repository.read_only = true;
  TARN_EXPECT_ERROR(remove("main", "a"), Code::kReadOnlyRepository, "read-only repository");
  TARN_EXPECT_OK(remove("main", "a", true));
}

TEST_F(CatalogTest, RepositoryIdsAreChecked) {
  TARN_EXPECT_ERROR(catalog_.GetRepository(RepositoryId("N_O")), Code::kInvalidValue,
                    "argument repository: repository id: invalid value: validation error");
  TARN_EXPECT_ERROR(catalog_.GetRepository(RepositoryId("N_O"), "name"), Code::kInvalidValue,
                    "argument name: repository id: invalid value: validation error");
  TARN_EXPECT_ERROR(catalog_.GetRepository(RepositoryId("none")), Code::kRepositoryNotFound,
                    "repository not found");
}

/// The tree of the conformance scenario "objects-list": part committed, part staged.
class ListTest : public CatalogTest {
 protected:
  ListTest() {
    for (const char* path : {"a", "a/1", "a/2", "a/b/3", "a/b/4", "a-x", "b/", "b//c"}) {
      TARN_EXPECT_OK(Put(path, path));
    }
    TARN_EXPECT_OK(world_.CommitAll("main"));
    for (const char* path : {"c/d/e/f", "d", "z.txt"}) TARN_EXPECT_OK(Put(path, path));
    TARN_EXPECT_OK(world_.Delete("main", "a/2"));
  }
};

TEST_F(ListTest, PrefixAfterDelimiterAmount) {
  EXPECT_EQ(List({}), "a a-x a/1 a/b/3 a/b/4 b/ b//c c/d/e/f d z.txt");
  EXPECT_EQ(List({.ref = "main@"}), "a a-x a/1 a/2 a/b/3 a/b/4 b/ b//c");
  EXPECT_EQ(List({.ref = "main~1"}), "");
  EXPECT_EQ(List({.delimiter = "/"}), "a a-x a/* b/* c/* d z.txt");
  EXPECT_EQ(List({.prefix = "a"}), "a a-x a/1 a/b/3 a/b/4");
  EXPECT_EQ(List({.prefix = "a/", .delimiter = "/"}), "a/1 a/b/*");
  EXPECT_EQ(List({.prefix = "a", .delimiter = "/"}), "a a-x a/*");
  EXPECT_EQ(List({.delimiter = "/", .amount = 2}), "a a-x + a-x");
  EXPECT_EQ(List({.after = "a", .delimiter = "/", .amount = 2}), "a-x a/* + a/");
  EXPECT_EQ(List({.after = "a-x", .delimiter = "/", .amount = 2}), "a/* b/* + b/");
  EXPECT_EQ(List({.after = "a/", .delimiter = "/", .amount = 2}), "b/* c/* + c/");
  EXPECT_EQ(List({.after = "a/1", .delimiter = "/", .amount = 10}), "a/* b/* c/* d z.txt");
  EXPECT_EQ(List({.after = "a/zzz", .delimiter = "/", .amount = 10}), "b/* c/* d z.txt");
  EXPECT_EQ(List({.prefix = "a/", .after = "a/1", .delimiter = "/", .amount = 1}), "a/b/*");
  EXPECT_EQ(List({.prefix = "a/", .after = "a/b/", .delimiter = "/", .amount = 1}), "");
  EXPECT_EQ(List({.after = "b", .amount = 3}), "b/ b//c c/d/e/f + c/d/e/f");
  EXPECT_EQ(List({.after = "zzzz"}), "");
  EXPECT_EQ(List({.prefix = "zzzz"}), "");
  EXPECT_EQ(List({.delimiter = "-"}), "a a-* a/1 a/b/3 a/b/4 b/ b//c c/d/e/f d z.txt");
  EXPECT_EQ(List({.delimiter = "a/"}), "a a-x a/* b/ b//c c/d/e/f d z.txt");
  EXPECT_EQ(List({.delimiter = "//"}), "a a-x a/1 a/b/3 a/b/4 b/ b//* c/d/e/f d z.txt");
  EXPECT_EQ(List({.after = "c/d/e/f", .amount = 1}), "d + d");
  EXPECT_EQ(List({.prefix = "c/d/e/f", .delimiter = "/"}), "c/d/e/f");
  EXPECT_EQ(List({.prefix = "c/d/e/f", .after = "c/d/e/f", .delimiter = "/"}), "");
  EXPECT_EQ(List({.prefix = "b/", .delimiter = "/"}), "b/ b//*");
  EXPECT_EQ(List({.prefix = "b", .after = "b/", .delimiter = "/"}), "");
  EXPECT_EQ(List({.prefix = "a/b", .after = "a", .delimiter = "/"}), "a/b/*");
  EXPECT_EQ(List({.prefix = "a/b", .after = "b", .delimiter = "/"}), "");
  EXPECT_EQ(List({.amount = 10}), List({}));
  EXPECT_EQ(List({.amount = -1}), List({}));
}

TEST_F(ListTest, Refusals) {
  const auto list = [&](ListRequest request) {
    return catalog_.List(world_.repository, request, [](const ListedItem&) { return Status(); })
        .status();
  };
  TARN_EXPECT_ERROR(list({.ref = "main", .prefix = std::string(1025, 'p')}), Code::kInvalidValue,
                    "argument prefix: invalid value: validation error: 1025 is above maximum "
                    "length (1024)");
  TARN_EXPECT_ERROR(list({.ref = "main", .delimiter = std::string(1025, 'p')}), Code::kInvalidValue,
                    "argument delimiter: invalid value: validation error: 1025 is above maximum "
                    "length (1024)");
  TARN_EXPECT_ERROR(list({.ref = "a b"}), Code::kInvalidValue,
                    "argument ref: ref: invalid value: validation error");
  TARN_EXPECT_ERROR(list({.ref = "nothing"}), Code::kNotFound, "not found");
  EXPECT_EQ(List({.after = std::string(1025, 'p')}), "z.txt");
}

TEST_F(ListTest, AFailingSinkEndsTheListing) {
  int calls = 0;
  const auto end = catalog_.List(world_.repository, {.ref = "main"}, [&](const ListedItem&) {
    ++calls;
    return Status(Code::kCancelled, "enough");
  });
  TARN_EXPECT_ERROR(end.status(), Code::kCancelled, "enough");
  EXPECT_EQ(calls, 1);
}

TEST_F(CatalogTest, BytesThatAreNoTextListAndPageThrough) {
  const std::string high("\xff\xff", 2), nul("a\0b", 3);
  for (const std::string& path : {high + "/x", high + "/y", high, nul}) {
    TARN_EXPECT_OK(world_.Put("main", path, "1"));
  }
  EXPECT_EQ(List({}), nul + " " + high + " " + high + "/x " + high + "/y");
  EXPECT_EQ(List({.delimiter = "/"}), nul + " " + high + " " + high + "/*");
  EXPECT_EQ(List({.after = high, .delimiter = "/"}), high + "/*");
  // A page does not end where no token could name its end.
  EXPECT_EQ(List({.amount = 1}), nul + " + " + nul);
  EXPECT_EQ(List({.after = nul, .amount = 1}), high + " " + high + "/x " + high + "/y");
  // They are older: none is added any more, and no delimiter cuts a character.
  const auto cut = catalog_.List(world_.repository, {.ref = "main", .delimiter = "\xff"},
                                 [](const ListedItem&) { return Status(); });
  EXPECT_EQ(cut.code(), Code::kInvalidRequest);
  const auto begun =
      catalog_.BeginUpload(world_.repository, {.branch = BranchId("main"), .path = high});
  EXPECT_EQ(begun.code(), Code::kInvalidRequest);
}

TEST_F(CatalogTest, DiffPages) {
  for (const char* path : {"a", "ab", "dir/1", "dir/2", "e/"}) TARN_EXPECT_OK(Put(path, path));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_OK(world_.Branch("dev", "main~1"));
  const auto diff = [&](DiffRequest request) {
    request.left = "dev";
    request.right = "main";
    return Diff(request);
  };
  EXPECT_EQ(diff({}), "+a +ab +dir/1 +dir/2 +e/");
  EXPECT_EQ(diff({.type = DiffType::kTwoDot, .delimiter = "/"}), "+a +ab dir/* e/*");
  EXPECT_EQ(diff({.delimiter = "/", .amount = 1}), "+a +");
  // A page that ended on an object: keys that begin with its name come next.
  EXPECT_EQ(diff({.after = "a", .delimiter = "/", .amount = 1}), "+ab +");
  EXPECT_EQ(diff({.after = "ab", .delimiter = "/", .amount = 1}), "dir/* +");
  EXPECT_EQ(diff({.after = "dir/", .delimiter = "/"}), "e/*");
  EXPECT_EQ(diff({.after = "dir/1"}), "+dir/2 +e/");
  EXPECT_EQ(diff({.prefix = "dir/", .delimiter = "/"}), "+dir/1 +dir/2");
  EXPECT_EQ(diff({.prefix = "zz"}), "");
}

TEST_F(CatalogTest, DiffEntries) {
  TARN_EXPECT_OK(Put("gone", "12345"));
  TARN_EXPECT_OK(Put("kept", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_OK(world_.Delete("main", "gone"));
  TARN_EXPECT_OK(Put("kept", "22"));
  const auto uncommitted =
      Must(catalog_.Diff(world_.repository, {.type = DiffType::kUncommitted, .left = "main"}));
  ASSERT_EQ(uncommitted.items.size(), 2u);
  EXPECT_EQ(uncommitted.items[0].kind, committed::DiffKind::kRemoved);
  EXPECT_FALSE(uncommitted.items[0].has_entry);
  EXPECT_EQ(uncommitted.items[1].entry.size, 2);
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const auto refs = Must(catalog_.Diff(
      world_.repository, {.type = DiffType::kTwoDot, .left = "main~1", .right = "main"}));
  ASSERT_EQ(refs.items.size(), 2u);
  EXPECT_TRUE(refs.items[0].has_entry);
  EXPECT_EQ(refs.items[0].entry.size, 5);  // Of what is gone.
  EXPECT_EQ(refs.items[1].entry.size, 2);
}

TEST_F(ListTest, ColdReadsAskToWaitAndWarmOnesDoNot) {
  // Stores that have read nothing yet, over the same objects.
  sst::TableStore tables(world_.objects, {});
  committed::Store committed(tables, versioning::testing::RangesOf(5));
  versioning::Context& old = world_.context;
  versioning::Context context{old.refs,    old.staging, committed,  old.objects, old.hooks,
                              old.workers, old.clock,   old.random, old.settings};
  Catalog catalog(context);
  const auto read = [&] {
    return CodeName(catalog.GetEntry(world_.repository, "main", "a/b/3").code());
  };
  const auto list = [&] {
    return CodeName(catalog
                        .List(world_.repository, {.ref = "main", .delimiter = "/"},
                              [](const ListedItem&) { return Status(); })
                        .code());
  };
  for (const auto& work : {std::function(read), std::function(list)}) {
    {
      const NoBlockingScope scope;
      EXPECT_EQ(work(), CodeName(Code::kWouldBlock));
    }
    EXPECT_EQ(work(), CodeName(Code::kOk));
    const NoBlockingScope scope;
    const bool waits = world_.kv->traits().reads_wait;
    EXPECT_EQ(work(), CodeName(waits ? Code::kWouldBlock : Code::kOk));
  }
}

}  // namespace
}  // namespace tarn::catalog
