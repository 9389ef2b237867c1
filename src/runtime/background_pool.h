// Threads for long work of many owners, so that the work of one keeps nobody else's waiting: each
// owner has a limit on what runs and on what waits. Level 1; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::runtime {

struct BackgroundPoolOptions {
  std::string name;  ///< Thread name, at most 15 characters.
  int threads = 2;
  int running_per_owner_max = 1;  ///< Jobs of one owner at the same time.
  size_t queue_max = 256;         ///< Jobs waiting, of all owners; more are refused.
  size_t queue_per_owner_max = 64;
  int64_t queue_bytes_max = 64 << 20;  ///< Of what waiting jobs hold, of all owners.
};

class BackgroundPool {
 public:
  explicit BackgroundPool(BackgroundPoolOptions options);
  /// Waits for running jobs; queued ones are run too.
  ~BackgroundPool();
  /// Queues a job of `owner` that holds so many bytes while it waits: the first whose owner has a
  /// place free runs next. kSlowDown, with a sentence, when the queue or the owner's part of it is
  /// full; several of one owner may have half of the bytes. Jobs must not throw.
  Status Submit(std::string_view owner, std::function<void()> job, int64_t bytes = 0);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::runtime
