// Uploads in parts under power cuts at random moments, against a model: what was acknowledged is
// there, nothing else is visible, and in the end nothing is left over.

#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "block/local/local_store.h"
#include "block/testing/crash_files.h"
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

using versioning::testing::Must;
using versioning::testing::World;

std::string TagOf(std::string_view bytes) { return ToHex(AsView(Md5(bytes))); }

/// What an upload may look like.
struct Model {
  enum class State : uint8_t { kRunning, kCompleted, kAborted, kMaybeCompleted, kMaybeAborted };
  MultipartUpload upload;
  State state = State::kRunning;
  /// Contents that a part may have; empty text: the part may be missing.
  std::map<int64_t, std::set<std::string>> parts;
  std::set<std::string> objects = {""};  ///< What the path may have; empty text: nothing.
  std::string asked;                     ///< Content of the completion that was asked for last.
};

/// A machine that loses power: its disk, its KV (durable with every write), and the server on it.
class Machine {
 public:
  explicit Machine(uint64_t seed)
      : files_({.seed = seed, .unnamed_files = seed % 3 != 0}), random_(seed) {
    repository_ = world_.repository;
    repository_.storage_namespace = StorageNamespace("local://bucket/repo");
    TARN_EXPECT_OK(world_.kv->Set(records::kRepositoriesPartition,
                                  records::Key(records::kRepositoryPrefix, repository_.id.view()),
                                  refs::EncodeRepository(repository_)));
    hooked_.set_hook([this](auto, auto, auto) {
      if (kv_calls_left_ > 0 && --kv_calls_left_ == 0) files_.CrashAfter(0);
      return files_.crashed() ? Status(Code::kIo, "no power") : Status();
    });
    Boot();
  }

  void Boot() {
    block::LocalStoreOptions options;
    options.root = "/machine/objects";
    server_.reset();
    server_.emplace(*this, Must(block::LocalStore::Open(options, world_.clock, files_)));
  }
  void PlanCrash() {
    kv_calls_left_ = static_cast<int>(1 + random_() % 200);
    files_.CrashAfter(static_cast<int64_t>(1 + random_() % 400));
  }
  bool crashed() const { return files_.crashed(); }
  void Reboot() {
    files_.Reboot();
    kv_calls_left_ = 0;
    Boot();
    TARN_EXPECT_OK(uploads().SweepEnded());
  }

  /// Records of uploads and parts, and objects of parts.
  std::vector<std::string> Rest() {
    TARN_EXPECT_OK(uploads().SweepEnded());
    world_.clock.monotonic_ms += 600'000;
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

  MultipartUploads& uploads() { return server_->catalog.multipart(); }
  Catalog& catalog() { return server_->catalog; }
  block::ObjectStore& objects() { return *server_->objects; }
  const refs::Repository& repository() const { return repository_; }
  std::mt19937_64& random() { return random_; }

 private:
  struct Server {
    Server(Machine& machine, std::unique_ptr<block::LocalStore> store)
        : objects(std::move(store)),
          refs(machine.hooked_, machine.world_.clock, *machine.world_.random, {}),
          staging(machine.hooked_, machine.world_.clock, {}),
          context{machine.hooked_,
                  refs,
                  staging,
                  machine.world_.committed,
                  *objects,
                  nullptr,
                  machine.world_.workers,
                  machine.world_.clock,
                  *machine.world_.random,
                  machine.world_.xids,
                  {}},
          catalog(context) {}
    std::unique_ptr<block::LocalStore> objects;
    refs::Store refs;
    staging::Store staging;
    versioning::Context context;
    Catalog catalog;
  };

  World world_;
  refs::Repository repository_;
  block::CrashFiles files_;
  std::mt19937_64 random_;
  int kv_calls_left_ = 0;  // 0: no crash is planned
  kv::HookedStore hooked_{*world_.kv};
  std::optional<Server> server_;
};

class Story {
 public:
  explicit Story(uint64_t seed) : machine_(seed) {}

  void Run() {
    for (int life = 0; life < 4; ++life) {
      machine_.PlanCrash();
      for (int step = 0; step < 60 && !machine_.crashed(); ++step) Step();
      machine_.Reboot();
      for (Model& model : models_) Check(&model);
      if (::testing::Test::HasFailure()) return;
    }
    for (Model& model : models_)
      if (model.state == Model::State::kRunning)
        TARN_EXPECT_OK(machine_.uploads().Abort(machine_.repository(), NameOf(model)));
    EXPECT_EQ(machine_.Rest(), std::vector<std::string>());
  }

 private:
  static UploadName NameOf(const Model& model) {
    return {model.upload.id, model.upload.branch, model.upload.path, ""};
  }
  UploadPlace PlaceOf(const Model& model) {
    return MultipartUploads::PlaceOf(machine_.repository(), model.upload.id);
  }
  uint64_t Draw(uint64_t below) { return machine_.random()() % below; }

  void Step() {
    if (models_.empty() || Draw(8) == 0) return Start();
    Model& model = models_[Draw(models_.size())];
    const uint64_t what = Draw(10);
    if (what < 7) return PutPart(&model);
    if (what < 9) return Complete(&model);
    Abort(&model);
  }

  void Start() {
    Model model;
    model.upload.branch = BranchId("main");
    model.upload.path = "object-" + std::to_string(models_.size());
    auto started = machine_.uploads().Start(machine_.repository(), model.upload);
    if (!started.ok()) return;
    model.upload = *std::move(started);
    models_.push_back(std::move(model));
  }

  void PutPart(Model* model) {
    const auto number = static_cast<int64_t>(1 + Draw(4));
    const std::string line = "part " + std::to_string(++contents_) + "\n";
    std::string content;
    for (uint64_t lines = 1 + Draw(2) * Draw(12'000); lines > 0; --lines) content += line;
    const auto put = [&]() -> Status {
      TARN_TRY_ASSIGN(const auto part,
                      machine_.uploads().BeginPart(PlaceOf(*model), number, content.size()));
      TARN_TRY(part->Write(content));
      return ToStatus(part->Finish());
    };
    const Status status = put();
    if (model->state != Model::State::kRunning) {
      EXPECT_TRUE(machine_.crashed() || status.code() == Code::kNotFound) << status.ToString();
      return;
    }
    auto& possible = model->parts[number];
    if (status.ok()) {
      possible = {content};
      return;
    }
    EXPECT_TRUE(machine_.crashed()) << status.ToString();
    if (possible.empty()) possible.insert("");
    possible.insert(content);
  }

  void Complete(Model* model) {
    CompletionRequest request;
    std::string object;
    for (const auto& [number, possible] : model->parts) {
      if (possible.size() != 1 || possible.contains("")) return;  // a client would not know
      request.parts.push_back({number, TagOf(*possible.begin())});
      object += *possible.begin();
    }
    if (request.parts.empty()) return;
    const Status status =
        ToStatus(machine_.uploads().Complete(machine_.repository(), NameOf(*model), request));
    if (model->state != Model::State::kRunning) {
      EXPECT_TRUE(machine_.crashed() || status.code() == Code::kNotFound) << status.ToString();
      return;
    }
    EXPECT_TRUE(status.ok() || machine_.crashed()) << status.ToString();
    model->asked = object;
    if (status.ok()) model->objects.clear();
    model->objects.insert(object);
    model->state = status.ok() ? Model::State::kCompleted : Model::State::kMaybeCompleted;
  }

  void Abort(Model* model) {
    const Status status = machine_.uploads().Abort(machine_.repository(), NameOf(*model));
    if (model->state != Model::State::kRunning) {
      EXPECT_TRUE(machine_.crashed() || status.code() == Code::kNotFound) << status.ToString();
      return;
    }
    EXPECT_TRUE(status.ok() || machine_.crashed()) << status.ToString();
    model->state = status.ok() ? Model::State::kAborted : Model::State::kMaybeAborted;
  }

  std::string ReadObject(const Model& model) {
    const auto entry =
        machine_.catalog().GetEntry(machine_.repository(), "main", model.upload.path);
    if (entry.code() == Code::kNotFound) return "";
    return Must(block::GetObject(
        machine_.objects(), {machine_.repository().storage_namespace.view(), Must(entry).address},
        1 << 30));
  }

  /// Compares with the model, which learns what had been open.
  void Check(Model* model) {
    using State = Model::State;
    const std::string object = ReadObject(*model);
    EXPECT_TRUE(model->objects.contains(object)) << "the object is lost, torn or another one";
    model->objects = {object};
    const auto found = machine_.uploads().Find(machine_.repository(), NameOf(*model));
    const bool unsure =
        model->state == State::kMaybeCompleted || model->state == State::kMaybeAborted;
    if (unsure && found.ok()) model->state = State::kRunning;
    if (model->state == State::kMaybeAborted) model->state = State::kAborted;
    if (model->state == State::kMaybeCompleted) {
      EXPECT_TRUE(object == model->asked) << "neither object nor upload";
      model->state = State::kCompleted;
    }
    EXPECT_EQ(found.ok(), model->state == State::kRunning) << found.status().ToString();
    if (model->state == State::kRunning) CheckParts(model);
  }

  void CheckParts(Model* model) {
    std::map<int64_t, std::string> listed;
    for (const auto& part : Must(machine_.uploads().ListParts(PlaceOf(*model), 0, 100)).items)
      listed[part.number] = part.checksum;
    for (auto& [number, possible] : model->parts) {
      const auto found = listed.find(number);
      std::string now;
      for (const std::string& content : possible)
        if (found != listed.end() && TagOf(content) == found->second) now = content;
      EXPECT_TRUE(possible.contains(now)) << "part " << number << " is lost or another one";
      possible = {now};
    }
    for (const auto& [number, tag] : listed) EXPECT_TRUE(model->parts.contains(number)) << tag;
  }

  Machine machine_;
  std::vector<Model> models_;
  int contents_ = 0;
};

TEST(MultipartCrash, KeepsWhatItAcknowledgedAndLeavesNothing) {
  const uint64_t first = SystemRandom().Next64() % 1'000'000'000;
  for (uint64_t seed = first; seed < first + 60; ++seed) {
    Story(seed).Run();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tarn::catalog
