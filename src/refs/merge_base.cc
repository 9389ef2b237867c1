// Best common ancestor of two commits, as the reference searches it (spec: merge base). Which of
// several candidates is found in criss-cross histories depends on the exact order in which a binary
// heap gives out equal elements, so the heap is spelled out here: the standard library's sifts
// differently.
//
// What the reference finds first may lie behind another common ancestor, and where branches were
// merged crosswise there are several that lie behind no other. The search goes on until it knows
// them all.

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

// Greatest generation first, then the latest.
class CommitHeap {
 public:
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

class BaseSearch {
 public:
  BaseSearch(Store& store, const Repository& repository) : store_(store), repository_(repository) {}

  Result<std::vector<CommitId>> Run(std::span<const CommitId> from, const CommitId& to) {
    marks_[to].from = kToSide;
    for (const CommitId& id : from) marks_[id].from |= kFromSide;
    for (const CommitId& id : from) TARN_TRY(Open(id));
    TARN_TRY(Open(to));
    // Marks are complete when a commit is taken: its children have greater generations.
    while (undecided_ > 0) TARN_TRY(Take());
    // The reference's choice comes first.
    const auto first = std::find(bases_.begin(), bases_.end(), first_);
    if (first != bases_.end()) std::rotate(bases_.begin(), first, first + 1);
    return std::move(bases_);
  }

 private:
  // kBehind: an ancestor of a common one.
  static constexpr uint8_t kFromSide = 1, kToSide = 2, kCommon = kFromSide | kToSide, kBehind = 4;
  struct Mark {
    uint8_t from = 0;
    bool is_open = false;
  };

  Status Open(const CommitId& id) {
    Mark& mark = marks_[id];
    if (mark.is_open) return {};
    TARN_TRY_ASSIGN(CommitNode commit, store_.GetNode(repository_, id));
    heap_.Push(std::move(commit));
    mark.is_open = true;
    if ((mark.from & kBehind) == 0) ++undecided_;
    return {};
  }

  Status Take() {
    const CommitNode child = heap_.Pop();
    Mark& mark = marks_[child.id];
    mark.is_open = false;
    uint8_t inherited = mark.from;
    if ((inherited & kBehind) == 0) --undecided_;
    if ((inherited & kCommon) == kCommon) {
      if ((inherited & kBehind) == 0) bases_.push_back(child.id);
      inherited |= kBehind;
    }
    for (const CommitId& parent : child.parents) TARN_TRY(Inherit(parent, inherited));
    return {};
  }

  Status Inherit(const CommitId& parent, uint8_t inherited) {
    const auto [entry, is_new] = marks_.try_emplace(parent);
    Mark& mark = entry->second;
    if (mark.is_open && (mark.from & kBehind) == 0 && (inherited & kBehind) != 0) --undecided_;
    mark.from |= inherited;
    if (first_.empty() && (mark.from & kCommon) == kCommon) first_ = parent;
    if (!is_new) return {};
    Status opened = Open(parent);
    // The reference would not have looked further: what lies there must not fail a merge.
    if (opened.code() == Code::kCommitNotFound && !first_.empty()) return {};
    return opened;
  }

  Store& store_;
  const Repository& repository_;
  std::unordered_map<CommitId, Mark> marks_;
  CommitHeap heap_;
  size_t undecided_ = 0;  // Open ones that may yet be bases or lead to one.
  std::vector<CommitId> bases_;
  CommitId first_;  // What the reference finds.
};

}  // namespace

Result<std::vector<CommitId>> Store::FindMergeBases(const Repository& repository,
                                                    std::span<const CommitId> from,
                                                    const CommitId& to) {
  auto bases = impl_->graph.FindBases(repository.instance_uid, from, to);
  if (bases) return *std::move(bases);
  TARN_TRY_ASSIGN(auto found, BaseSearch(*this, repository).Run(from, to));
  impl_->graph.InsertBases(repository.instance_uid, from, to, found);
  return found;
}

Result<std::optional<Commit>> Store::FindMergeBase(const Repository& repository,
                                                   const CommitId& from, const CommitId& to) {
  TARN_TRY_ASSIGN(const auto bases, FindMergeBases(repository, {&from, 1}, to));
  if (bases.empty()) return std::optional<Commit>();
  TARN_TRY_ASSIGN(const auto commit, GetCommit(repository, bases.front()));
  return std::optional<Commit>(*commit);
}

}  // namespace tarn::refs
