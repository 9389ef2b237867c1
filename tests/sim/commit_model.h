// Commits as plain maps: what merges, reverts and cherry-picks of small trees must give, computed
// the simple way.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tarn::sim {

using Tree = std::map<std::string, std::string>;

/// What the change from `base` to `source` makes of `destination`; nothing if they conflict.
inline std::optional<Tree> ThreeWay(const Tree& base, const Tree& source, const Tree& destination) {
  const auto at = [](const Tree& tree, const std::string& path) -> std::optional<std::string> {
    const auto found = tree.find(path);
    return found == tree.end() ? std::nullopt : std::optional(found->second);
  };
  std::set<std::string> paths;
  for (const Tree* tree : {&base, &source, &destination}) {
    for (const auto& [path, text] : *tree) paths.insert(path);
  }
  Tree result;
  for (const std::string& path : paths) {
    const auto b = at(base, path), s = at(source, path), d = at(destination, path);
    if (s != b && d != b && s != d) return std::nullopt;
    const auto& chosen = s != b ? s : d;
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

  /// Common ancestors of which none is an ancestor of another one.
  std::set<std::string> MergeBases(const std::string& a, const std::string& b) const {
    std::set<std::string> common;
    const std::set<std::string> of_b = Ancestors(b);
    for (const std::string& id : Ancestors(a)) {
      if (of_b.contains(id)) common.insert(id);
    }
    std::set<std::string> best = common;
    for (const std::string& id : common) {
      for (const std::string& behind : Ancestors(id)) {
        if (behind != id) best.erase(behind);
      }
    }
    return best;
  }

 private:
  std::map<std::string, ModelCommit> commits_;
};

}  // namespace tarn::sim
