// Best common ancestor of two commits, as the reference searches it (docs/formats/kv.md has no part
// in it; spec: merge base). Which of several candidates is found in criss-cross histories depends
// on the exact order in which a binary heap gives out equal elements, so the heap is spelled out
// here: the standard library's sifts differently.

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
  constexpr uint8_t kFromSide = 1, kToSide = 2, kBothSides = kFromSide | kToSide;
  std::unordered_map<CommitId, uint8_t> sides;
  CommitHeap heap;
  sides[to] |= kToSide;
  sides[from] |= kFromSide;
  TARN_TRY_ASSIGN(CommitNode commit, store.GetNode(repository, from));
  if (from == to) return from;
  heap.Push(std::move(commit));
  TARN_TRY_ASSIGN(commit, store.GetNode(repository, to));
  heap.Push(std::move(commit));
  while (!heap.empty()) {
    const CommitNode child = heap.Pop();
    const uint8_t reached_from = sides[child.id];
    for (const CommitId& parent : child.parents) {
      const auto [entry, is_new] = sides.try_emplace(parent, uint8_t{0});
      entry->second |= reached_from;
      if (entry->second == kBothSides) return parent;
      if (is_new) {
        TARN_TRY_ASSIGN(commit, store.GetNode(repository, parent));
        heap.Push(std::move(commit));
      }
    }
  }
  return CommitId();
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
