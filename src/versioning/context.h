// What every verb of versioning works on. Built once by server/, passed by reference. Level 6.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/xid.h"
#include "block/object_store.h"
#include "committed/store.h"
#include "kv/store.h"
#include "refs/store.h"
#include "runtime/worker_pool.h"
#include "staging/store.h"
#include "versioning/hooks.h"
#include "versioning/state.h"

namespace tarn::versioning {

/// graveler.branch_ownership.*: servers that share a KV take turns on a branch.
struct BranchOwnershipSettings {
  bool enabled = false;
  int64_t acquire_ms = 150;  ///< Between two looks of who waits for a branch.
  int64_t refresh_ms = 400;  ///< How long an owner that died keeps a branch; less than kWaitMs.
};

struct Settings {
  std::string block_storage_prefix = "_lakefs";
  bool ensure_readable_root_namespace = true;
  bool allow_inter_region_storage = true;  ///< Namespaces may lie in another region.
  BranchOwnershipSettings branch_ownership = {};
};

/// Borrowed parts; all outlive every verb. Verbs are thread-safe free functions over it.
struct Context {
  kv::Store& kv;
  refs::Store& refs;
  staging::Store& staging;
  committed::Store& committed;
  block::ObjectStore& objects;
  HookFinder* hooks;             ///< Null when nobody ever listens.
  runtime::WorkerPool& workers;  ///< For parallel parts of long verbs (import).
  Clock& clock;
  Random& random;
  XidGenerator& xids;
  Settings settings;
  /// Made by the first owner; shared so that a copied context sees the same locks and caches.
  std::shared_ptr<State> state = std::make_shared<State>();
};

}  // namespace tarn::versioning
