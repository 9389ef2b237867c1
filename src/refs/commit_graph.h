// The history as a graph in memory: what walks need to know of a commit, in a fifth of the memory
// that whole commits take; and the merge bases that were searched lately.
//
// Filled by the walks themselves, bounded, never stale: commits do not change, and those of a
// repository that is gone are not found again, since every life of a repository has its own uid.
// Level 5; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/aging_map.h"
#include "refs/store.h"

namespace tarn::refs {

class CommitGraph {
 public:
  explicit CommitGraph(size_t nodes_max) : nodes_(nodes_max) {}

  std::optional<CommitNode> Find(std::string_view instance_uid, const CommitId& id);
  /// Nodes that do not fit the compact form (a foreign id, more than two parents) are not kept.
  void Insert(std::string_view instance_uid, const CommitNode& node);

  /// The merge bases of `to` and `from`, if they were searched lately.
  std::optional<std::vector<CommitId>> FindBases(std::string_view instance_uid,
                                                 std::span<const CommitId> from,
                                                 const CommitId& to);
  void InsertBases(std::string_view instance_uid, std::span<const CommitId> from,
                   const CommitId& to, const std::vector<CommitId>& bases);

 private:
  using RawId = std::array<char, 32>;
  static constexpr size_t kParentsMax = 2;
  static constexpr size_t kBasesMax = 4096;

  struct Key {
    uint64_t instance;
    RawId id;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  struct Node {
    Timestamp created;
    int32_t generation;
    uint32_t parent_count;
    std::array<RawId, kParentsMax> parents;
  };

  static std::optional<RawId> ToRaw(std::string_view id);
  static CommitId FromRaw(const RawId& raw);

  AgingMap<Key, Node, KeyHash> nodes_;
  AgingMap<std::string, std::vector<CommitId>> bases_{kBasesMax};
};

}  // namespace tarn::refs
