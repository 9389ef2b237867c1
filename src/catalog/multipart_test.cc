#include "catalog/multipart.h"

#include <gmock/gmock.h>

#include <thread>

#include "block/local/local_store.h"
#include "block/testing/crash_files.h"
#include "catalog/multipart_records.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "proto/multipart.pb.h"
#include "records/layout.h"
#include "records/list.h"
#include "records/message.h"
#include "refs/records.h"
#include "versioning/testing/world.h"

namespace tarn::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using versioning::testing::Must;
using versioning::testing::World;

std::string TagOf(std::string_view bytes) { return ToHex(AsView(Md5(bytes))); }

enum class StoreKind : uint8_t { kMem, kLocal };

class Multipart : public ::testing::TestWithParam<StoreKind> {
 protected:
  Multipart() {
    if (GetParam() == StoreKind::kMem) return;
    repository_.storage_namespace = StorageNamespace("local://bucket/repo");
    TARN_EXPECT_OK(world_.kv->Set(records::kRepositoriesPartition,
                                  records::Key(records::kRepositoryPrefix, repository_.id.view()),
                                  refs::EncodeRepository(repository_)));
  }

  MultipartUpload Start(std::string path = "dir/x", std::string branch = "main") {
    MultipartUpload upload;
    upload.branch = BranchId(std::move(branch));
    upload.path = std::move(path);
    upload.content_type = "text/x";
    upload.metadata = {{"k", "v"}};
    return Must(uploads().Start(repository_, std::move(upload)));
  }
  MultipartUpload StartPresigned(std::string address) {
    MultipartUpload upload;
    upload.branch = BranchId("main");
    upload.path = "dir/x";
    upload.address = std::move(address);
    upload.presigned = true;
    return Must(uploads().Start(repository_, std::move(upload)));
  }
  static UploadName NameOf(const MultipartUpload& upload) {
    return {upload.id, upload.branch, upload.path, upload.address};
  }
  UploadPlace PlaceOf(const MultipartUpload& upload) {
    return MultipartUploads::PlaceOf(repository_, upload.id);
  }
  Result<UploadedPart> Put(const MultipartUpload& upload, int64_t number, std::string_view bytes) {
    TARN_TRY_ASSIGN(const auto part, uploads().BeginPart(PlaceOf(upload), number, std::nullopt));
    TARN_TRY(part->Write(bytes));
    return part->Finish();
  }
  Result<PathEntry> Complete(const MultipartUpload& upload, std::vector<PartTag> parts) {
    CompletionRequest request;
    request.parts = std::move(parts);
    return uploads().Complete(repository_, NameOf(upload), request);
  }
  std::string Read(std::string_view path) {
    const Entry entry = Must(catalog_.GetEntry(repository_, "main", path));
    return Must(block::GetObject(objects(), At(entry.address), 1 << 20));
  }
  std::vector<std::string> Tags(const MultipartUpload& upload) {
    std::vector<std::string> tags;
    for (const auto& part : Must(uploads().ListParts(PlaceOf(upload), 0, 100)).items)
      tags.push_back(std::to_string(part.number) + " " + part.checksum);
    return tags;
  }
  /// Records of uploads and parts, and objects of parts, that are still there.
  /// What is left once sweeps have removed what they may.
  std::vector<std::string> Rest() {
    for (int i = 0; i < 2; ++i) {
      TARN_EXPECT_OK(uploads().SweepEnded());
      world_.clock.monotonic_ms += 600'000;
    }
    TARN_EXPECT_OK(uploads().SweepEnded());
    std::vector<std::string> rest;
    for (const std::string_view prefix :
         {records::kUploadPrefix, std::string_view("tarn-parts/")}) {
      TARN_EXPECT_OK(records::ForEachRecord(*world_.kv, repository_.partition(), prefix,
                                            [&](std::string_view key, std::string_view) {
                                              rest.emplace_back(key);
                                              return Status();
                                            }));
    }
    const auto parts = Must(objects().List(
        {.storage_namespace = repository_.storage_namespace.view(), .prefix = "_lakefs/parts/"}));
    for (const block::ListedObject& part : parts.objects) rest.push_back(part.address);
    return rest;
  }
  block::ObjectPointer At(std::string_view address) {
    return {repository_.storage_namespace.view(), address};
  }
  block::ObjectStore& objects() {
    if (local_) return *local_;
    return world_.objects;
  }
  MultipartUploads& uploads() { return catalog_.multipart(); }
  static bool TagsOfBytes() { return GetParam() == StoreKind::kMem; }

  World world_;
  refs::Repository repository_ = world_.repository;
  block::CrashFiles files_{{.seed = 1}};
  std::unique_ptr<block::LocalStore> local_ = OpenLocal();
  versioning::Context context_{
      *world_.kv,     world_.refs,  world_.staging, world_.committed, objects(), nullptr,
      world_.workers, world_.clock, *world_.random, world_.xids,      {}};
  Catalog catalog_{context_};

 private:
  std::unique_ptr<block::LocalStore> OpenLocal() {
    if (GetParam() == StoreKind::kMem) return nullptr;
    block::LocalStoreOptions options;
    options.root = "/machine/objects";
    return Must(block::LocalStore::Open(options, world_.clock, files_));
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, Multipart, ::testing::Values(StoreKind::kMem, StoreKind::kLocal),
                         [](const auto& store) {
                           return store.param == StoreKind::kMem ? "mem" : "local";
                         });

TEST_P(Multipart, PutsPartsTogetherInTheOrderOfTheirNumbers) {
  const auto upload = Start();
  TARN_EXPECT_OK(Put(upload, 7, "world"));
  TARN_EXPECT_OK(Put(upload, 2, "hello "));
  EXPECT_EQ(catalog_.GetEntry(repository_, "main", "dir/x").code(), Code::kNotFound);
  const auto done =
      Must(Complete(upload, {{2, "\"" + TagOf("hello ") + "\""}, {7, TagOf("world")}}));
  EXPECT_EQ(Read("dir/x"), "hello world");
  std::string digests(AsView(Md5("hello ")));
  digests += AsView(Md5("world"));
  const std::string checksum = TagsOfBytes() ? TagOf("hello world") : TagOf(digests) + "-2";
  EXPECT_EQ(done.entry.checksum, checksum);
  const Entry entry = Must(catalog_.GetEntry(repository_, "main", "dir/x"));
  EXPECT_EQ(entry.checksum, checksum);
  EXPECT_EQ(entry.size, 11);
  EXPECT_EQ(entry.content_type, "text/x");
  EXPECT_EQ(entry.metadata, (Metadata{{"k", "v"}}));
  EXPECT_THAT(Rest(), IsEmpty());
  TARN_EXPECT_ERROR(Complete(upload, {{2, TagOf("hello ")}}), Code::kNotFound, "upload not found");
  TARN_EXPECT_ERROR(Put(upload, 1, "x"), Code::kNotFound, "upload not found");
}

TEST_P(Multipart, PresignedOnesKeepTheirAddress) {
  const auto upload = StartPresigned("data/p/x,sig");
  TARN_EXPECT_OK(Put(upload, 1, "a"));
  CompletionRequest request{.parts = {{1, TagOf("a")}}, .metadata = {{"m", "1"}}};
  const auto done = Must(uploads().Complete(repository_, NameOf(upload), request));
  const Entry entry = Must(catalog_.GetEntry(repository_, "main", "dir/x"));
  EXPECT_EQ(entry.address, "data/p/x,sig");
  EXPECT_EQ(entry.checksum, done.entry.checksum);
  EXPECT_EQ(entry.content_type, kDefaultContentType);
  EXPECT_EQ(entry.metadata, request.metadata);
  // The object of a completion that was cut off may be visible already.
  const auto again = StartPresigned("data/p/x,sig");
  TARN_EXPECT_OK(Put(again, 1, "b"));
  request.parts = {{1, TagOf("b")}};
  TARN_EXPECT_OK(uploads().Complete(repository_, NameOf(again), request));
  EXPECT_EQ(Read("dir/x"), "b");
  EXPECT_EQ(Must(block::GetObject(objects(), At("data/p/x,sig"), 100)), "a");
}

TEST_P(Multipart, RefusesWrongPartsAndGoesOn) {
  const auto upload = Start();
  TARN_EXPECT_OK(Put(upload, 1, "a"));
  TARN_EXPECT_OK(Put(upload, 2, "b"));
  const PartTag a{1, TagOf("a")}, b{2, TagOf("b")};
  const std::pair<std::vector<PartTag>, std::string> cases[] = {
      {{}, "parts are required"},
      {{b, a}, "parts must be in ascending order of their numbers"},
      {{a, a}, "parts must be in ascending order of their numbers"},
      {{a, {2, "x"}}, "part 2 does not have that entity tag"},
      {{a, {2, ""}}, "part 2 does not have that entity tag"},
      {{a, {3, "x"}}, "part 3 was not uploaded"},
      {{{0, "x"}}, "part numbers are between 1 and 10000"},
      {{{10'001, "x"}}, "part numbers are between 1 and 10000"}};
  for (const auto& [parts, message] : cases)
    TARN_EXPECT_ERROR(Complete(upload, parts), Code::kInvalidRequest, message);
  EXPECT_EQ(Put(upload, 0, "x").code(), Code::kInvalidRequest);
  EXPECT_EQ(Put(upload, 10'001, "x").code(), Code::kInvalidRequest);
  EXPECT_EQ(catalog_.GetEntry(repository_, "main", "dir/x").code(), Code::kNotFound);
  TARN_EXPECT_OK(Complete(upload, {a}));
  EXPECT_EQ(Read("dir/x"), "a");
  EXPECT_THAT(Rest(), IsEmpty()) << "also the part that was not wanted";
}

TEST_P(Multipart, IsFoundByAllOfItsNameOnly) {
  const auto upload = Start();
  const UploadName name = NameOf(upload);
  EXPECT_TRUE(uploads().Find(repository_, name).ok());
  const auto find = [&](const std::function<void(UploadName*)>& change) {
    UploadName other = name;
    change(&other);
    return uploads().Find(repository_, other).code();
  };
  EXPECT_EQ(find([](UploadName* n) { n->path = "y"; }), Code::kNotFound);
  EXPECT_EQ(find([](UploadName* n) { n->branch = BranchId("dev"); }), Code::kNotFound);
  EXPECT_EQ(find([](UploadName* n) { n->address = "data/x"; }), Code::kNotFound);
  for (const std::string& id : {std::string(), std::string("../x"), std::string(2000, 'x'),
                                upload.id + "/", "U" + upload.id.substr(1)}) {
    EXPECT_EQ(find([&](UploadName* n) { n->id = id; }), Code::kNotFound) << id;
  }
  refs::Repository other = repository_;
  other.instance_uid = "another";
  EXPECT_EQ(uploads().Find(other, name).code(), Code::kNotFound);
  const auto presigned = StartPresigned("data/x");
  EXPECT_TRUE(uploads().Find(repository_, NameOf(presigned)).ok());
  EXPECT_EQ(uploads().Find(repository_, {presigned.id, presigned.branch, "dir/x", ""}).code(),
            Code::kNotFound);
}

TEST_P(Multipart, ALaterPartReplacesTheEarlierOne) {
  const auto upload = Start();
  TARN_EXPECT_OK(Put(upload, 1, "old"));
  TARN_EXPECT_OK(Put(upload, 1, "new one"));
  EXPECT_THAT(Tags(upload), ElementsAre("1 " + TagOf("new one")));
  EXPECT_EQ(Rest().size(), 3u) << "upload, part, object";
  EXPECT_EQ(Complete(upload, {{1, TagOf("old")}}).code(), Code::kInvalidRequest);
  TARN_EXPECT_OK(Complete(upload, {{1, TagOf("new one")}}));
  EXPECT_EQ(Read("dir/x"), "new one");
}

TEST_P(Multipart, PartsOnTheirWayLeaveNothingBehindAnEnd) {
  for (const bool complete : {false, true}) {
    const auto upload = Start();
    TARN_EXPECT_OK(Put(upload, 1, "a"));
    const auto late = Must(uploads().BeginPart(PlaceOf(upload), 2, std::nullopt));
    TARN_EXPECT_OK(late->Write(std::string_view("late")));
    const auto cut = Must(uploads().BeginPart(PlaceOf(upload), 3, std::nullopt));
    TARN_EXPECT_OK(cut->Write(std::string_view("never finished")));
    if (complete) {
      TARN_EXPECT_OK(Complete(upload, {{1, TagOf("a")}}));
    } else {
      TARN_EXPECT_OK(uploads().Abort(repository_, NameOf(upload)));
    }
    TARN_EXPECT_ERROR(late->Finish(), Code::kNotFound, "upload not found");
    EXPECT_THAT(Rest(), IsEmpty());
    EXPECT_EQ(uploads().Abort(repository_, NameOf(upload)).code(), Code::kNotFound);
  }
}

TEST_P(Multipart, OneOfManyCompletionsWins) {
  const auto upload = Start();
  TARN_EXPECT_OK(Put(upload, 1, "a"));
  std::atomic<int> done = 0, ended = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Status status = i < 6 ? ToStatus(Complete(upload, {{1, TagOf("a")}}))
                                  : uploads().Abort(repository_, NameOf(upload));
      if (status.ok()) ++done;
      if (status.code() == Code::kNotFound) ++ended;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(ended, 7);
  EXPECT_THAT(Rest(), IsEmpty());
}

TEST_P(Multipart, AClaimWhoseServerDiedGrowsOld) {
  const auto upload = Start();
  TARN_EXPECT_OK(Put(upload, 1, "a"));
  const std::string key = UploadKey(upload.id);
  UploadRecord record =
      Must(DecodeUpload(key, *Must(world_.kv->Get(repository_.partition(), key))));
  record.claim = "another server";
  TARN_EXPECT_OK(world_.kv->Set(repository_.partition(), key, EncodeUpload(record)));
  if (world_.kv->traits().shared) {
    TARN_EXPECT_ERROR(uploads().Abort(repository_, NameOf(upload)), Code::kSlowDown,
                      "the upload is being completed");
    world_.clock.monotonic_ms += 30'000;
  }
  TARN_EXPECT_OK(Complete(upload, {{1, TagOf("a")}}));
  EXPECT_THAT(Rest(), IsEmpty());
}

TEST_P(Multipart, ManyPartsAtOnceLeaveOneOfEachNumber) {
  const auto upload = Start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round)
        TARN_EXPECT_OK(Put(upload, 1 + round % 2, std::string(static_cast<size_t>(i + 1), 'x')));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Tags(upload).size(), 2u);
  TARN_EXPECT_OK(uploads().Abort(repository_, NameOf(upload)));
  EXPECT_THAT(Rest(), IsEmpty());
}

TEST_P(Multipart, TheConditionIsCheckedAtTheEnd) {
  TARN_EXPECT_OK(world_.Put("main", "dir/x", "there"));
  const auto upload = Start();
  TARN_EXPECT_OK(Put(upload, 1, "a"));
  CompletionRequest request{.parts = {{1, TagOf("a")}},
                            .condition = versioning::SetCondition::kAbsent};
  TARN_EXPECT_ERROR(uploads().Complete(repository_, NameOf(upload), request),
                    Code::kPreconditionFailed, "path already exists");
  TARN_EXPECT_OK(world_.Delete("main", "dir/x"));
  TARN_EXPECT_OK(uploads().Complete(repository_, NameOf(upload), request));
}

TEST_P(Multipart, ListsPartsInPages) {
  const auto upload = Start();
  for (const int number : {10'000, 3, 1, 2}) TARN_EXPECT_OK(Put(upload, number, "x"));
  const auto list = [&](int64_t after, int amount) {
    const auto page = Must(uploads().ListParts(PlaceOf(upload), after, amount));
    std::string text;
    for (const auto& part : page.items) text += std::to_string(part.number) + " ";
    return text + (page.has_more ? "more" : "end");
  };
  EXPECT_EQ(list(0, 10), "1 2 3 10000 end");
  EXPECT_EQ(list(0, 4), "1 2 3 10000 end");
  EXPECT_EQ(list(0, 3), "1 2 3 more");
  EXPECT_EQ(list(3, 3), "10000 end");
  EXPECT_EQ(list(10'000, 3), "end");
}

TEST_P(Multipart, ListsUploadsByPath) {
  const auto b = Start("b"), a2 = Start("a"), a1 = Start("a", "dev");
  StartPresigned("data/p/x");
  const auto list = [&](std::string_view path, std::string_view id, int amount) {
    const auto page = Must(uploads().List(repository_, path, id, amount));
    std::vector<std::string> ids;
    for (const auto& upload : page.items) ids.push_back(upload.id);
    if (page.has_more) ids.push_back("more");
    return ids;
  };
  const auto& [first, second] = std::minmax(a1.id, a2.id);
  EXPECT_THAT(list("", "", 10), ElementsAre(first, second, b.id));
  EXPECT_THAT(list("", "", 2), ElementsAre(first, second, "more"));
  EXPECT_THAT(list("a", first, 1), ElementsAre(second, "more"));
  EXPECT_THAT(list("a", second, 1), ElementsAre(b.id));
  EXPECT_THAT(list("a", "", 1), ElementsAre(b.id));
  EXPECT_THAT(list("b", "", 1), IsEmpty());
}

TEST_P(Multipart, CopiesARangeOfAnObject) {
  const auto upload = Start();
  TARN_EXPECT_OK(block::PutObject(objects(), At("source"), "0123456789"));
  const auto copy = [&](int64_t number, int64_t offset, int64_t length) {
    const auto stream = Must(objects().OpenStream(At("source"), {offset, length}));
    return uploads().CopyPart(PlaceOf(upload), number, *stream, length);
  };
  EXPECT_EQ(Must(copy(1, 2, 3)).checksum, TagOf("234"));
  EXPECT_EQ(copy(2, 8, 3).code(), Code::kIo);
  EXPECT_THAT(Tags(upload), ElementsAre("1 " + TagOf("234")));
}

TEST_P(Multipart, TakesOverWhatTheReferenceHasBegun) {
  const std::string id = "984788ccdd424c67af71dcb94f3b48db";
  io::treeverse::lakefs::multipart::UploadData tracked;
  tracked.set_upload_id(id);
  tracked.set_path("dir/x");
  tracked.set_physical_address("data/p/x");
  tracked.set_content_type("text/y");
  (*tracked.mutable_metadata())["m"] = "1";
  TARN_EXPECT_OK(world_.kv->Set(records::kTrackerPartition, id, records::Serialize(tracked)));
  TARN_EXPECT_OK(block::PutObject(objects(), At(id + "-00001"), "one "));
  TARN_EXPECT_OK(block::PutObject(objects(), At(id + "-00003"), "three"));
  const UploadName name{id, BranchId("main"), "dir/x", ""};
  EXPECT_EQ(uploads().Find(repository_, {id, BranchId("none"), "dir/x", ""}).code(),
            Code::kNotFound);
  EXPECT_EQ(uploads().Find(repository_, {id, BranchId("main"), "dir/y", ""}).code(),
            Code::kNotFound);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { TARN_EXPECT_OK(uploads().Find(repository_, name)); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(uploads().Find(repository_, {id, BranchId("dev"), "dir/x", ""}).code(),
            Code::kNotFound);
  const auto upload = Must(uploads().Find(repository_, name));
  EXPECT_THAT(Tags(upload), ElementsAre("1 " + TagOf("one "), "3 " + TagOf("three")));
  TARN_EXPECT_OK(Put(upload, 2, "two "));
  TARN_EXPECT_OK(Put(upload, 3, "drei"));
  TARN_EXPECT_OK(Complete(upload, {{1, TagOf("one ")}, {2, TagOf("two ")}, {3, TagOf("drei")}}));
  EXPECT_EQ(Read("dir/x"), "one two drei");
  EXPECT_EQ(Must(catalog_.GetEntry(repository_, "main", "dir/x")).content_type, "text/y");
  EXPECT_FALSE(Must(objects().Stat(At(id + "-00001"))));
  EXPECT_FALSE(Must(objects().Stat(At(id + "-00003"))));
  EXPECT_FALSE(Must(world_.kv->Get(records::kTrackerPartition, id)).has_value());
  EXPECT_THAT(Rest(), IsEmpty());
  EXPECT_EQ(uploads().Find(repository_, name).code(), Code::kNotFound);
}

TEST_P(Multipart, SweepsWhatAnInterruptedEndHasLeft) {
  const auto running = Start("running"), ended = Start("ended");
  TARN_EXPECT_OK(Put(running, 1, "r"));
  TARN_EXPECT_OK(Put(ended, 1, "e"));
  TARN_EXPECT_OK(
      world_.kv->Set(repository_.partition(), UploadKey(ended.id), EncodeUpload({ended, true})));
  EXPECT_EQ(Put(ended, 2, "x").code(), Code::kNotFound);
  EXPECT_EQ(Complete(ended, {{1, TagOf("e")}}).code(), Code::kNotFound);
  TARN_EXPECT_OK(uploads().SweepEnded());
  EXPECT_THAT(Tags(running), ElementsAre("1 " + TagOf("r")));
  TARN_EXPECT_OK(uploads().Abort(repository_, NameOf(running)));
  EXPECT_THAT(Rest(), IsEmpty());
}

}  // namespace
}  // namespace tarn::catalog
