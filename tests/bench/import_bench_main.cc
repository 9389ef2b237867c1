// Imports directories into a store in a scratch directory through the core alone (local objects,
// embedded KV, no HTTP), to see what the pipeline costs above import_floor.
//
// Usage: import_bench SCRATCH DIR... Prints "files=N seconds=S user=S system=S peak_mb=N".

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "block/local/local_store.h"
#include "kv/mem/mem_store.h"
#include "versioning/import/import.h"
#include "versioning/repository/repositories.h"

namespace {

using namespace tarn;  // NOLINT(google-build-using-namespace)

template <class T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "import_bench: %s\n", result.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(result);
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

versioning::ImportStatus Await(versioning::JobEngine& engine, const refs::Repository& repository,
                               const std::string& id) {
  for (;;) {
    versioning::ImportStatus status = Must(versioning::GetImport(engine, repository, id));
    if (status.completed || !status.error.empty()) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: import_bench SCRATCH DIR...\n");
    return 2;
  }
  block::LocalStoreOptions options{.root = std::string(argv[1]) + "/objects",
                                   .import_enabled = true,
                                   .allowed_external_prefixes = {"/"}};
  const auto objects = Must(block::LocalStore::Open(options, SystemClock()));
  const auto kv = kv::mem::Open();
  refs::Store refs(*kv, SystemClock(), SystemRandom(), {});
  staging::Store staging(*kv, SystemClock(), {});
  sst::TableStore tables(*objects, {});
  runtime::WorkerPool workers({.name = "workers", .threads = 2});
  runtime::WorkerPool uploads({.name = "uploads", .threads = 2});
  runtime::BackgroundPool jobs({.name = "imports", .threads = 1});
  committed::Store committed(tables, {}, {.uploads = {.pool = &uploads}});
  XidGenerator xids(SystemClock(), SystemRandom());
  versioning::Context context{*kv,     refs,          staging,        committed, *objects, nullptr,
                              workers, SystemClock(), SystemRandom(), xids,      {}};
  const refs::Repository repository = Must(versioning::CreateRepository(
      context,
      {.id = RepositoryId("bench"), .storage_namespace = StorageNamespace("local://bench")}));
  versioning::JobEngine engine(context, {jobs, jobs});

  versioning::ImportRequest request{.branch = BranchId("main"), .committer = "bench"};
  for (int i = 2; i < argc; ++i) {
    request.locations.push_back(
        {.path = "local://" + std::filesystem::canonical(argv[i]).string() + "/",
         .destination = "d" + std::to_string(i - 2) + "/"});
  }
  rusage before;
  getrusage(RUSAGE_SELF, &before);
  const auto begin = std::chrono::steady_clock::now();
  const std::string id =
      Must(versioning::StartImport(context, engine, repository, std::move(request)));
  const versioning::ImportStatus status = Await(engine, repository, id);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  rusage after;
  getrusage(RUSAGE_SELF, &after);
  if (!status.completed) {
    std::fprintf(stderr, "import_bench: %s\n", status.error.c_str());
    return 1;
  }
  std::printf("files=%lld seconds=%.3f user=%.2f system=%.2f peak_mb=%ld metarange=%s\n",
              static_cast<long long>(status.ingested_objects), took.count(),
              Seconds(after.ru_utime) - Seconds(before.ru_utime),
              Seconds(after.ru_stime) - Seconds(before.ru_stime), after.ru_maxrss / 1024,
              status.metarange.str().c_str());
  return 0;
}
