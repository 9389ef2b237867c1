// Parts of refs::Store that its files share. Level 5.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/sync.h"
#include "refs/commit_cache.h"
#include "refs/commit_graph.h"
#include "refs/repository_cache.h"
#include "refs/store.h"

namespace tarn::refs {

class Store::Impl {
 public:
  Impl(kv::Store& kv_store, Clock& clock_source, Random& random_source, const Options& options)
      : kv(kv_store),
        clock(clock_source),
        random(random_source),
        repositories(clock_source, options.repository_cache_ms),
        commits(options.commit_cache_bytes),
        graph(options.commit_graph_nodes) {}

  kv::Store& kv;
  Clock& clock;
  Random& random;
  RepositoryCache repositories;
  CommitCache commits;
  CommitGraph graph;
  /// Keeps the sweep from a repository that is being created.
  class CreationHold {
   public:
    CreationHold(Impl& impl, std::string partition)
        : impl_(impl), partition_(std::move(partition)) {
      MutexLock lock(impl_.creation);
      impl_.creating.insert(partition_);
    }
    ~CreationHold() {
      MutexLock lock(impl_.creation);
      impl_.creating.erase(partition_);
    }
    CreationHold(const CreationHold&) = delete;
    CreationHold& operator=(const CreationHold&) = delete;

   private:
    Impl& impl_;
    const std::string partition_;
  };
  bool IsCreating(const std::string& partition) {
    MutexLock lock(creation);
    return creating.contains(partition);
  }

  Mutex creation;
  std::set<std::string> creating TARN_GUARDED_BY(creation);  // Partitions.
  /// Held while a repository's record goes, so that no two threads remove one after the other and
  /// hit a new repository of the same name in between.
  Mutex deletion;
  /// Held by a sweep; taken before `deletion`.
  Mutex sweeping;
  /// Partitions of deleted repositories that were swept once.
  std::map<std::string, int64_t> swept_at_ms TARN_GUARDED_BY(sweeping);
};

}  // namespace tarn::refs
