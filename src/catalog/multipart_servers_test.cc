// Uploads in parts of several servers on one KV, interrupted where it matters.
#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "catalog/multipart_records.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "kv/testing/hooked_store.h"
#include "records/layout.h"
#include "records/list.h"
#include "refs/records.h"
#include "versioning/testing/world.h"

namespace tarn::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using versioning::testing::Must;
using versioning::testing::World;
using Call = kv::HookedStore::Call;

constexpr int64_t kLatePartsMs = 600'000;

std::string TagOf(std::string_view bytes) { return ToHex(AsView(Md5(bytes))); }

/// A KV that may be shared, whatever it is.
class SharedKv final : public kv::HookedStore {
 public:
  explicit SharedKv(kv::Store& next) : HookedStore(next), traits_(next.traits()) {
    traits_.shared = true;
  }
  const kv::Traits& traits() const override { return traits_; }

 private:
  kv::Traits traits_;
};

struct Server {
  explicit Server(World& world)
      : kv(*world.kv),
        refs(kv, world.clock, *world.random, {}),
        staging(kv, world.clock, {}),
        context{kv,      refs,          staging,     world.committed, world.objects,
                nullptr, world.workers, world.clock, *world.random,   world.xids,
                {}},
        catalog(context) {}
  MultipartUploads& uploads() { return catalog.multipart(); }

  SharedKv kv;
  refs::Store refs;
  staging::Store staging;
  versioning::Context context;
  Catalog catalog;
};

class MultipartServers : public ::testing::Test {
 protected:
  MultipartUpload Start(std::string address = "") {
    MultipartUpload upload;
    upload.branch = BranchId("main");
    upload.path = "dir/x";
    upload.presigned = !address.empty();
    upload.address = std::move(address);
    return Must(server_.uploads().Start(repository_, std::move(upload)));
  }
  static UploadName NameOf(const MultipartUpload& upload) {
    return {upload.id, upload.branch, upload.path, upload.address};
  }
  UploadPlace PlaceOf(const MultipartUpload& upload) {
    return MultipartUploads::PlaceOf(repository_, upload.id);
  }
  std::unique_ptr<PartUpload> Begin(Server& server, const MultipartUpload& upload,
                                    std::string_view bytes) {
    auto part = Must(server.uploads().BeginPart(PlaceOf(upload), 1, std::nullopt));
    TARN_EXPECT_OK(part->Write(bytes));
    return part;
  }
  void Put(Server& server, const MultipartUpload& upload, std::string_view bytes) {
    TARN_EXPECT_OK(Begin(server, upload, bytes)->Finish());
  }
  /// Completes with one part of those bytes.
  Status Complete(Server& server, const MultipartUpload& upload, std::string_view bytes) {
    const CompletionRequest request{.parts = {{1, TagOf(bytes)}}};
    return ToStatus(server.uploads().Complete(repository_, NameOf(upload), request));
  }
  Status Abort(Server& server, const MultipartUpload& upload) {
    return server.uploads().Abort(repository_, NameOf(upload));
  }
  /// Calls `hook` before the `nth` call of this kind for the record, counted from 1.
  static void At(Server& server, Call call, std::string key, int nth,
                 std::function<Status()> hook) {
    server.kv.set_hook([=, seen = 0](Call now, std::string_view, std::string_view at) mutable {
      return now == call && at == key && ++seen == nth ? hook() : Status();
    });
  }
  void WriteEnded(const std::string& id) {
    MultipartUpload upload;
    upload.id = id;
    TARN_EXPECT_OK(world_.kv->Set(repository_.partition(), UploadKey(id),
                                  EncodeUpload({upload, /*ended=*/true})));
  }
  bool HasUpload(const std::string& id) {
    return Must(world_.kv->Get(repository_.partition(), UploadKey(id))).has_value();
  }
  std::vector<std::string> Objects(std::string_view prefix) {
    std::vector<std::string> addresses;
    const auto page = Must(world_.objects.List(
        {.storage_namespace = repository_.storage_namespace.view(), .prefix = prefix}));
    for (const block::ListedObject& object : page.objects) addresses.push_back(object.address);
    return addresses;
  }
  std::vector<std::string> Records(std::string_view prefix) {
    std::vector<std::string> keys;
    TARN_EXPECT_OK(records::ForEachRecord(*world_.kv, repository_.partition(), prefix,
                                          [&](std::string_view key, std::string_view) {
                                            keys.emplace_back(key);
                                            return Status();
                                          }));
    return keys;
  }
  /// Sweeps what has ended, and again when no part of it can be on its way any more.
  void Sweep(Server& server) {
    TARN_EXPECT_OK(server.uploads().SweepEnded());
    world_.clock.monotonic_ms += kLatePartsMs;
    TARN_EXPECT_OK(server.uploads().SweepEnded());
  }

  World world_;
  const refs::Repository repository_ = world_.repository;
  Server server_{world_};
};

TEST_F(MultipartServers, ThePartThatGetsAFreedKeyKeepsItsRecord) {
  Server late(world_), settling(world_);
  const auto upload = Start();
  const std::string first_key = KeyOfPart(upload.id, {1, 1});
  // It finds no part, and so chooses the first key.
  std::promise<void> chosen, freed;
  At(late, Call::kSetIf, first_key, 1, [&] {
    chosen.set_value();
    freed.get_future().wait();
    return Status();
  });
  std::thread thread([&] { Put(late, upload, "late"); });
  chosen.get_future().wait();
  Put(server_, upload, "first");
  // It has seen the first part, and is about to remove it. A third one does so before.
  const auto second = Begin(settling, upload, "second");
  At(settling, Call::kGet, UploadKey(upload.id), 1, [&] {
    Put(server_, upload, "third");
    freed.set_value();
    thread.join();
    return Status();
  });
  TARN_EXPECT_OK(second->Finish());
  EXPECT_THAT(Records(PartsPrefix(upload.id)),
              ElementsAre(first_key, KeyOfPart(upload.id, {1, 3})));
  const auto parts = Must(server_.uploads().ListParts(PlaceOf(upload), 0, 10)).items;
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts.front().checksum, TagOf("third"));
  TARN_EXPECT_OK(Abort(server_, upload));
  EXPECT_THAT(Objects("_lakefs/parts/"), IsEmpty());
}

TEST_F(MultipartServers, OneOfTwoEndsAnUpload) {
  Server other(world_);
  for (const bool aborts : {false, true}) {
    int ran = 1;
    for (int call = 0; ran != 0; ++call) {
      SCOPED_TRACE((aborts ? "abort at call " : "completion at call ") + std::to_string(call));
      const auto upload = Start();
      Put(server_, upload, "a");
      Status second;
      world_.kv->Arm(
          {call}, [&] { second = aborts ? Abort(other, upload) : Complete(other, upload, "a"); });
      const Status first = Complete(server_, upload, "a");
      ran = world_.kv->Disarm();
      if (ran == 0) {
        TARN_EXPECT_OK(first);
        continue;
      }
      EXPECT_NE(first.ok(), second.ok()) << first.ToString() << ", " << second.ToString();
      EXPECT_TRUE(second.ok() || second.code() == Code::kNotFound ||
                  second.code() == Code::kSlowDown)
          << second.ToString();
    }
  }
}

TEST_F(MultipartServers, AClaimThatIsHalfOverIsGivenBack) {
  Server other(world_);
  const auto upload = Start();
  Put(server_, upload, "a");
  At(server_, Call::kSetIf, UploadKey(upload.id), 1, [&] {
    world_.clock.monotonic_ms += 15'000;
    return Status();
  });
  TARN_EXPECT_ERROR(Complete(server_, upload, "a"), Code::kSlowDown,
                    "the upload is being completed");
  EXPECT_EQ(server_.catalog.GetEntry(repository_, "main", "dir/x").code(), Code::kNotFound);
  EXPECT_THAT(Objects("data/"), IsEmpty());
  TARN_EXPECT_OK(Complete(other, upload, "a"));
}

TEST_F(MultipartServers, WhoWasTakenForDeadHearsThatTheUploadHasEnded) {
  Server other(world_);
  const auto upload = Start();
  Put(server_, upload, "a");
  // The first write is the claim, the second the end.
  At(server_, Call::kSetIf, UploadKey(upload.id), 2, [&] {
    TARN_EXPECT_ERROR(Abort(other, upload), Code::kSlowDown, "the upload is being completed");
    world_.clock.monotonic_ms += 30'000;
    TARN_EXPECT_OK(Abort(other, upload));
    return Status();
  });
  TARN_EXPECT_ERROR(Complete(server_, upload, "a"), Code::kNotFound, "upload not found");
}

TEST_F(MultipartServers, AFailedCompletionLeavesAnObjectOnlyWhereAClientKnowsIt) {
  for (const std::string address : {"", "data/given/out"}) {
    const auto upload = Start(address);
    Put(server_, upload, "a");
    At(server_, Call::kSetIf, UploadKey(upload.id), 1, [] { return Status(Code::kIo, "no KV"); });
    TARN_EXPECT_ERROR(Complete(server_, upload, "a"), Code::kIo, "no KV");
    EXPECT_THAT(Objects("data/"), SizeIs(address.empty() ? 0 : 1)) << address;
    TARN_EXPECT_OK(Abort(server_, upload));
  }
}

TEST_F(MultipartServers, ABusyServerRemovesWhatHasEnded) {
  for (int i = 0; i < 1100; ++i) WriteEnded("ended-" + std::to_string(i));
  Sweep(server_);
  EXPECT_THAT(Records(records::kUploadPrefix), IsEmpty());
}

TEST_F(MultipartServers, WhatAnotherServerHasRemovedIsForgotten) {
  WriteEnded("ended");
  TARN_EXPECT_OK(server_.uploads().SweepEnded());
  TARN_EXPECT_OK(world_.kv->Delete(repository_.partition(), UploadKey("ended")));
  world_.clock.monotonic_ms += 3 * kLatePartsMs + 1;
  TARN_EXPECT_OK(server_.uploads().SweepEnded());
  WriteEnded("ended");
  TARN_EXPECT_OK(server_.uploads().SweepEnded());
  EXPECT_TRUE(HasUpload("ended")) << "it is seen for the first time";
  Sweep(server_);
  EXPECT_FALSE(HasUpload("ended"));
}

TEST_F(MultipartServers, NothingThatIsDamagedStopsTheSweep) {
  const auto add = [&](const std::string& name, std::string storage_namespace) {
    refs::Repository repository = repository_;
    repository.id = RepositoryId(name);
    repository.storage_namespace = StorageNamespace(std::move(storage_namespace));
    TARN_EXPECT_OK(world_.kv->Set(records::kRepositoriesPartition,
                                  records::Key(records::kRepositoryPrefix, name),
                                  refs::EncodeRepository(repository)));
    return repository.partition();
  };
  // Of other repositories: one whose objects nobody can remove, one whose records nobody can read.
  const std::string strange = add("a-strange", "nowhere");
  const std::string upload = EncodeUpload({MultipartUpload(), /*ended=*/true});
  const std::string part = EncodePart({.address = "x", .part = {}});
  TARN_EXPECT_OK(world_.kv->Set(strange, UploadKey("ended"), upload));
  TARN_EXPECT_OK(world_.kv->Set(strange, KeyOfPart("ended", {1, 1}), part));
  const std::string unread = add("b-unread", repository_.storage_namespace.str());
  server_.kv.set_hook([&](Call call, std::string_view partition, std::string_view) {
    return call == Call::kScan && partition == unread ? Status(Code::kIo, "no KV") : Status();
  });
  // Of the same one: an upload and a part that are no records.
  const std::string partition = repository_.partition();
  TARN_EXPECT_OK(world_.kv->Set(partition, UploadKey("a-damaged"), "\x0a\x7f"));
  WriteEnded("b-ended");
  TARN_EXPECT_OK(world_.kv->Set(partition, KeyOfPart("b-ended", {1, 1}), "\x0a\x7f"));
  WriteEnded("c-ended");
  Sweep(server_);
  EXPECT_THAT(Records(records::kUploadPrefix),
              ElementsAre(UploadKey("a-damaged"), UploadKey("b-ended")));
  EXPECT_TRUE(Must(world_.kv->Get(strange, UploadKey("ended"))).has_value());
}

}  // namespace
}  // namespace tarn::catalog
