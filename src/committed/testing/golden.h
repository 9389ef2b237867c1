// What the reference itself wrote: tables and commits (codec/testing/golden_data.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "block/object_store.h"

namespace tarn::committed {

/// A commit of a recorded installation.
struct GoldenCommit {
  std::string id;
  MetarangeId tree;
  std::vector<std::string> parents;
  int64_t generation = 0;
  std::string strategy;  ///< Of a merge: "default", "source-wins", "dest-wins".
};

/// Puts the golden tables into `ns`; false if there are none.
bool LoadGoldenTables(block::ObjectStore& objects, const StorageNamespace& ns);
/// Whether the recorded installation takeover-a is here, which a clone alone does not have.
bool HaveTakeoverTables();
/// Puts all its tables into `ns`.
void LoadTakeoverTables(block::ObjectStore& objects, const StorageNamespace& ns);
/// The commits of takeover-a by id.
std::map<std::string, GoldenCommit> TakeoverCommits();

}  // namespace tarn::committed
