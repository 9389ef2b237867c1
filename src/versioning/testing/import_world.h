// A server's core over local files in a directory of its own, for tests of imports.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/testing/temp_directory.h"
#include "block/local/local_store.h"
#include "versioning/import/import.h"
#include "versioning/testing/world.h"

namespace tarn::versioning::testing {

struct ImportWorldOptions {
  /// Where "root" and "sources" are as the store sees them; empty: the scratch directory.
  std::string seen_as;
  sst::BreakRule rule;
  HookFinder* hooks = nullptr;
  JobEngineOptions jobs = {.heartbeat_ms = 20};
};

class ImportWorld {
 public:
  using Options = ImportWorldOptions;
  static constexpr int kImportsPerRepository = 2;
  static constexpr int64_t kQueueBytesMax = 600'000;

  explicit ImportWorld(Options options = {})
      : base(options.seen_as.empty() ? directory.path() : options.seen_as),
        objects(Must(block::LocalStore::Open({.root = base + "/data",
                                              .import_enabled = true,
                                              .allowed_external_prefixes = {base + "/sources"}},
                                             clock))),
        committed(tables, options.rule),
        context{*kv,     refs,  staging, committed, *objects, options.hooks,
                workers, clock, *random, xids,      {}} {
    std::filesystem::create_directory(directory.path() + "/sources");
    repository = NewRepository("repo");
    engine = NewEngine(options.jobs);
  }

  refs::Repository NewRepository(const std::string& name, bool read_only = false) {
    return Must(CreateRepository(context, {.id = RepositoryId(name),
                                           .storage_namespace = StorageNamespace("local://" + name),
                                           .read_only = read_only}));
  }
  void WriteSource(const std::string& path, std::string_view content) {
    const std::filesystem::path file = directory.path() + "/sources/" + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  std::string Uri(const std::string& path) const { return "local://" + base + "/sources/" + path; }
  ImportLocation Prefix(const std::string& path, const std::string& destination) const {
    return {ImportLocationType::kCommonPrefix, Uri(path), destination};
  }
  ImportLocation Object(const std::string& path, const std::string& destination) const {
    return {ImportLocationType::kObject, Uri(path), destination};
  }
  static ImportRequest RequestOf(std::vector<ImportLocation> locations) {
    return {.branch = BranchId("main"),
            .locations = std::move(locations),
            .committer = "tester",
            .message = "import"};
  }

  std::unique_ptr<JobEngine> NewEngine(JobEngineOptions options = {}) {
    return std::make_unique<JobEngine>(context, JobPools{jobs, jobs}, options);
  }
  Result<std::string> Start(ImportRequest request) {
    return StartImport(context, *engine, repository, std::move(request));
  }
  Result<ImportStatus> Get(const std::string& id) { return GetImport(*engine, repository, id); }
  Status Cancel(const std::string& id) { return CancelImport(*engine, repository, id); }
  /// Waits for the end of an import.
  ImportStatus Await(const std::string& id) {
    for (;;) {
      ImportStatus status = Must(Get(id));
      if (status.completed || !status.error.empty()) return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  ImportStatus Run(ImportRequest request) { return Await(Must(Start(std::move(request)))); }
  ImportStatus Run(std::vector<ImportLocation> locations) {
    return Run(RequestOf(std::move(locations)));
  }
  /// Path to content of everything on a ref, read through the object store.
  std::map<std::string, std::string> ReadAll(const std::string& ref) {
    const auto resolved = Must(context.refs.Resolve(repository, ref));
    const auto values = Must(IterateValues(context, repository, resolved));
    std::map<std::string, std::string> tree;
    TARN_EXPECT_OK(values->Seek(""));
    while (values->Valid()) {
      const EntryView entry = Must(ParseEntry(values->value().data));
      const block::ObjectPointer object{repository.storage_namespace.view(), entry.address,
                                        entry.address_type};
      tree.emplace(values->key(), Must(block::GetObject(*objects, object, 1 << 20)));
      TARN_EXPECT_OK(values->Next());
    }
    return tree;
  }
  /// Stages an object, so that the branch has something uncommitted.
  void Stage(const std::string& path) {
    Entry entry;
    entry.address = "data/" + path;
    entry.checksum = path;
    std::string data;
    AppendEntry(&data, entry);
    const EntryIdentity identity = IdentityOf(entry);
    TARN_EXPECT_OK(StageValue(context, repository, BranchId("main"), path, {AsView(identity), data},
                              SetCondition::kNone));
  }

  TempDirectory directory;
  const std::string base;
  ManualClock clock;
  std::unique_ptr<Random> random = SeededRandom(1);
  std::unique_ptr<kv::Store> kv = kv::OpenForTest();
  std::unique_ptr<block::LocalStore> objects;
  sst::TableStore tables{*objects, {}};
  refs::Store refs{*kv, clock, *random, {}};
  XidGenerator xids{clock, *random};
  staging::Store staging{*kv, clock, {.drop_grace_ms = 0}};
  runtime::WorkerPool workers{{.name = "workers", .threads = 2, .queue_max = 16}};
  runtime::BackgroundPool jobs{{.name = "imports",
                                .threads = 3,
                                .running_per_owner_max = kImportsPerRepository,
                                .queue_bytes_max = kQueueBytesMax}};
  committed::Store committed;
  Context context;
  refs::Repository repository;
  std::unique_ptr<JobEngine> engine;
};

}  // namespace tarn::versioning::testing
