// The commits of a repository by their main parents, and which of them the rules of garbage
// collection keep. Internal to the preparation of a collection. Level 6; one thread at a time.
//
// Holds about 350 bytes per commit. Source of the algorithm: docs/formats/gc.md.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "versioning/context.h"
#include "versioning/gc/gc_rules.h"

namespace tarn::versioning {

class GcHistory {
 public:
  /// Reads all commits, then all branches: every branch head is among the commits, and it is the
  /// latest one. kCancelled once `stop` says so. If a commit is missing, nobody knows which branch
  /// leads to what lies behind it: then all that no branch leads to is kept.
  static Result<GcHistory> Load(Context& context, const refs::Repository& repository,
                                const std::function<bool()>& stop);

  struct ActiveCommit {
    std::string_view id, metarange;  ///< Borrowed from the history.
  };
  /// Commits to keep, ascending by id.
  std::vector<ActiveCommit> Active(const GcRules& rules, int64_t now_seconds);

 private:
  using Index = uint32_t;
  static constexpr Index kNone = UINT32_MAX;

  struct Node {
    std::string id, metarange, main_parent_id;
    Timestamp created;
    Index main_parent = kNone;
    bool has_child = false;  ///< It is the main parent of another commit.
    bool active = false;
    bool walked = false;
    int64_t walked_threshold = 0;  ///< Commits after this were kept by the walk that was here.
  };
  struct Head {
    std::string branch;
    Index commit = kNone;
  };

  Index Add(const refs::Commit& commit);
  Status AddMissing(Context& context, const refs::Repository& repository, const CommitId& head);
  void LinkParents();
  void NoteMissing(std::string_view commit, std::string_view as);
  /// Walks the main parents, from a branch head or from a commit that nothing stands on.
  void Walk(Index start, bool is_branch_head, int64_t threshold_seconds);

  std::deque<Node> nodes_;  // does not move what index_ borrows
  std::unordered_map<std::string_view, Index> index_;
  std::vector<Head> heads_;
  bool broken_ = false;  // A commit is missing.
};

}  // namespace tarn::versioning
