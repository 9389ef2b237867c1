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
  /// Spares a repository that is being created the sweep of this process, which would end that.
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
  Mutex sweeping;                                            ///< Held by a sweep.
  /// Partitions of deleted repositories that were swept once.
  std::map<std::string, int64_t> swept_at_ms TARN_GUARDED_BY(sweeping);
  /// Partitions of repositories that other servers were seen creating.
  std::map<std::string, int64_t> creating_since_ms TARN_GUARDED_BY(sweeping);
};

}  // namespace tarn::refs
