// Parts of refs::Store that its files share. Level 5.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

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
        xids(clock_source, random_source),
        repositories(clock_source, options.repository_cache_ms),
        commits(options.commit_cache_bytes),
        graph(options.commit_graph_nodes) {}

  kv::Store& kv;
  Clock& clock;
  Random& random;
  XidGenerator xids;
  RepositoryCache repositories;
  CommitCache commits;
  CommitGraph graph;
  /// Held while a repository's record goes, so that no two threads remove one after the other and
  /// hit a new repository of the same name in between.
  std::mutex deletion;
  /// Held by a sweep; taken before `deletion`.
  std::mutex sweeping;
  /// Partitions of deleted repositories that were swept once. Guarded by `sweeping`.
  std::map<std::string, int64_t> swept_at_ms;
};

}  // namespace tarn::refs
