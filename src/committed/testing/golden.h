// What the reference itself wrote: tables and commits of ../shared/fixtures.
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

/// False, and the test skipped or failed (TARN_SHARED=required), if there are no fixtures.
bool HaveFixtures();
/// Puts the uncompressed tables of fixtures/sst into `ns`.
void LoadGoldenTables(block::ObjectStore& objects, const StorageNamespace& ns);
/// Puts all tables of the installation takeover-a into `ns`.
void LoadTakeoverTables(block::ObjectStore& objects, const StorageNamespace& ns);
/// The commits of takeover-a by id.
std::map<std::string, GoldenCommit> TakeoverCommits();

}  // namespace tarn::committed
