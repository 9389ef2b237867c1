// Commits as plain maps: what merges, reverts and cherry-picks of small trees must give, computed
// the simple way.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tarn::versioning::testing {

using Tree = std::map<std::string, std::string>;

/// What a tree has at a path.
inline std::optional<std::string> At(const Tree& tree, const std::string& path) {
  const auto found = tree.find(path);
  return found == tree.end() ? std::nullopt : std::optional(found->second);
}

inline std::set<std::string> PathsOf(std::initializer_list<const Tree*> trees) {
  std::set<std::string> paths;
  for (const Tree* tree : trees) {
    for (const auto& [path, text] : *tree) paths.insert(path);
  }
  return paths;
}

/// What becomes of a path that both sides have changed.
enum class OnConflict : uint8_t {
  kFail,         ///< The merge fails.
  kSource,       ///< It is as in the source.
  kDestination,  ///< It is as in the destination.
  kUndecided,    ///< It has a value of its own.
};

/// What the change from `base` to `source` makes of `destination`; nothing if the merge fails.
inline std::optional<Tree> ThreeWay(const Tree& base, const Tree& source, const Tree& destination,
                                    OnConflict on_conflict = OnConflict::kFail) {
  Tree result;
  for (const std::string& path : PathsOf({&base, &source, &destination})) {
    const auto b = At(base, path), s = At(source, path), d = At(destination, path);
    const bool conflict = s != b && d != b && s != d;
    if (conflict && on_conflict == OnConflict::kFail) return std::nullopt;
    const bool takes_source = conflict ? on_conflict == OnConflict::kSource : s != b;
    const auto chosen = conflict && on_conflict == OnConflict::kUndecided ? "undecided"
                        : takes_source                                    ? s
                                                                          : d;
    if (chosen) result[path] = *chosen;
  }
  return result;
}

struct ModelCommit {
  std::vector<std::string> parents;
  Tree tree;
};

class CommitModel {
 public:
  void Add(const std::string& id, ModelCommit commit) { commits_[id] = std::move(commit); }
  const ModelCommit& at(const std::string& id) const { return commits_.at(id); }
  bool contains(const std::string& id) const { return commits_.contains(id); }

  /// The commit and all that it stands on.
  std::set<std::string> Ancestors(const std::string& id) const {
    std::set<std::string> found;
    std::vector<std::string> open = {id};
    while (!open.empty()) {
      const std::string next = open.back();
      open.pop_back();
      if (!found.insert(next).second) continue;
      for (const std::string& parent : at(next).parents) open.push_back(parent);
    }
    return found;
  }

  /// Common ancestors of `b` and any of `a` of which none is an ancestor of another one.
  std::set<std::string> MergeBases(const std::set<std::string>& a, const std::string& b) const {
    std::set<std::string> common;
    const std::set<std::string> of_b = Ancestors(b);
    for (const std::string& one : a) {
      for (const std::string& id : Ancestors(one)) {
        if (of_b.contains(id)) common.insert(id);
      }
    }
    std::set<std::string> best = common;
    for (const std::string& id : common) {
      for (const std::string& behind : Ancestors(id)) {
        if (behind != id) best.erase(behind);
      }
    }
    return best;
  }

  /// What a merge of two commits starts from: the tree of their base; of several bases, all of them
  /// merged in the order of their names, and paths without a decision have a value of their own.
  Tree BaseTree(const std::string& a, const std::string& b) const {
    return Merged(MergeBases({a}, b));
  }

 private:
  Tree Merged(const std::set<std::string>& bases) const {
    Tree tree;
    std::set<std::string> merged;
    for (const std::string& base : bases) {
      const Tree& other = at(base).tree;
      if (merged.empty()) {
        tree = other;
      } else {
        tree = *ThreeWay(Merged(MergeBases(merged, base)), other, tree, OnConflict::kUndecided);
      }
      merged.insert(base);
    }
    return tree;
  }

  std::map<std::string, ModelCommit> commits_;
};

}  // namespace tarn::versioning::testing
