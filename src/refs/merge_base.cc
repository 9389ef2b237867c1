// Best common ancestor of two commits, as the reference searches it (spec: merge base). Which of
// several candidates is found in criss-cross histories depends on the exact order in which a binary
// heap gives out equal elements, so the heap is spelled out here: the standard library's sifts
// differently.
//
// What the reference finds first may lie behind another common ancestor. With such a base a merge
// drops what was deleted since, or brings it back, so the search goes on until that is ruled out.

#include <unordered_map>
#include <utility>
#include <vector>

#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

// Greatest generation first, then the latest.
class CommitHeap {
 public:
  bool empty() const { return items_.empty(); }
  /// REQUIRES that it is not empty.
  int64_t greatest_generation() const { return items_.front().generation; }

  void Push(CommitNode commit) {
    items_.push_back(std::move(commit));
    for (size_t at = items_.size() - 1; at > 0;) {
      const size_t parent = (at - 1) / 2;
      if (!Before(at, parent)) break;
      std::swap(items_[at], items_[parent]);
      at = parent;
    }
  }

  CommitNode Pop() {
    std::swap(items_.front(), items_.back());
    CommitNode top = std::move(items_.back());
    items_.pop_back();
    for (size_t at = 0;;) {
      size_t child = 2 * at + 1;
      if (child >= items_.size()) break;
      if (child + 1 < items_.size() && Before(child + 1, child)) ++child;
      if (!Before(child, at)) break;
      std::swap(items_[at], items_[child]);
      at = child;
    }
    return top;
  }

 private:
  bool Before(size_t a, size_t b) const {
    const CommitNode &first = items_[a], &second = items_[b];
    if (first.generation != second.generation) return first.generation > second.generation;
    return first.created > second.created;
  }
  std::vector<CommitNode> items_;
};

/// The id of the base; empty if there is none.
Result<CommitId> SearchBase(Store& store, const Repository& repository, const CommitId& from,
                            const CommitId& to) {
  // kBehind: an ancestor of a common one.
  constexpr uint8_t kFromSide = 1, kToSide = 2, kCommon = kFromSide | kToSide, kBehind = 4;
  std::unordered_map<CommitId, uint8_t> marks;
  CommitHeap heap;
  marks[to] |= kToSide;
  marks[from] |= kFromSide;
  TARN_TRY_ASSIGN(CommitNode commit, store.GetNode(repository, from));
  if (from == to) return from;
  heap.Push(std::move(commit));
  TARN_TRY_ASSIGN(commit, store.GetNode(repository, to));
  heap.Push(std::move(commit));
  CommitId first, best;  // Of the common ones: the reference's, and the first behind no other.
  int64_t first_generation = 0;
  // Marks are complete when a commit is taken: its children have greater generations.
  while (!heap.empty() && (first.empty() || heap.greatest_generation() > first_generation)) {
    const CommitNode child = heap.Pop();
    uint8_t inherited = marks[child.id];
    if ((inherited & kCommon) == kCommon) {
      if (best.empty() && (inherited & kBehind) == 0) best = child.id;
      inherited |= kBehind;
    }
    for (const CommitId& parent : child.parents) {
      const auto [entry, is_new] = marks.try_emplace(parent, uint8_t{0});
      entry->second |= inherited;
      const bool is_first = first.empty() && entry->second == kCommon;
      if (!is_new && !is_first) continue;
      TARN_TRY_ASSIGN(commit, store.GetNode(repository, parent));
      if (is_first) {
        first = parent;
        first_generation = commit.generation;
      }
      if (is_new) heap.Push(std::move(commit));
    }
  }
  return (marks[first] & kBehind) != 0 ? best : first;
}

}  // namespace

Result<std::optional<Commit>> Store::FindMergeBase(const Repository& repository,
                                                   const CommitId& from, const CommitId& to) {
  auto base = impl_->graph.FindBase(repository.instance_uid, from, to);
  if (!base) {
    TARN_TRY_ASSIGN(base, SearchBase(*this, repository, from, to));
    impl_->graph.InsertBase(repository.instance_uid, from, to, *base);
  }
  if (base->empty()) return std::optional<Commit>();
  TARN_TRY_ASSIGN(const auto commit, GetCommit(repository, *base));
  return std::optional<Commit>(*commit);
}

}  // namespace tarn::refs
