#include "server/pools.h"

#include <algorithm>
#include <string_view>
#include <thread>

namespace tarn::server {
namespace {

using http::Pool;

struct Row {
  Pool pool;
  std::string_view name;
  int threads;
  size_t queue_max;
  size_t queue_per_lane_max;  ///< Requests that wait for one branch.
  int aside_max;              ///< Requests that wait for a branch, or a hook, with a thread.
};

// Those that may wait for the disk have so many threads that writers share an fsync.
constexpr Row kRows[] = {
    {Pool::kMeta, "meta", 16, 4096, 0, 0},          {Pool::kDisk, "disk", 32, 4096, 0, 0},
    {Pool::kCopies, "copies", 8, 512, 0, 0},        {Pool::kVerbs, "verbs", 16, 1024, 256, 128},
    {Pool::kBackground, "background", 4, 64, 0, 0}, {Pool::kRemote, "remote", 32, 1024, 0, 0},
};
static_assert(std::size(kRows) == http::kPoolCount);

// Long work that somebody started and asks about later. What runs of one repository never takes all
// threads, so a few sources that hang hold up nobody else.
struct LongWork {
  std::string_view name;
  int threads;
  int per_repository;
};
constexpr LongWork kImports = {"imports", 8, 4};
constexpr LongWork kTasks = {"tasks", 4, 2};
constexpr size_t kLongWorkQueueMax = 256;
constexpr size_t kLongWorkQueuePerRepositoryMax = 64;
constexpr int64_t kLongWorkQueueBytesMax = 64 << 20;

constexpr size_t kWorkerQueueMax = 4096;
int Cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

runtime::BackgroundPoolOptions OptionsOf(const LongWork& work) {
  return {.name = std::string(work.name),
          .threads = work.threads,
          .running_per_owner_max = work.per_repository,
          .queue_max = kLongWorkQueueMax,
          .queue_per_owner_max = kLongWorkQueuePerRepositoryMax,
          .queue_bytes_max = kLongWorkQueueBytesMax};
}

}  // namespace

Pools::Pools()
    : workers_({.name = "workers", .threads = Cores(), .queue_max = kWorkerQueueMax}),
      tasks_(OptionsOf(kTasks)),
      imports_(OptionsOf(kImports)) {
  for (const Row& row : kRows) {
    served_[static_cast<size_t>(row.pool)] = std::make_unique<runtime::WorkerPool>(
        runtime::WorkerPoolOptions{.name = std::string(row.name),
                                   .threads = row.threads,
                                   .queue_max = row.queue_max,
                                   .queue_per_lane_max = row.queue_per_lane_max,
                                   .aside_max = row.aside_max});
  }
}

http::ServerPools Pools::ForServer() {
  http::ServerPools all{};
  std::transform(served_.begin(), served_.end(), all.begin(),
                 [](auto& pool) { return pool.get(); });
  return all;
}

}  // namespace tarn::server
