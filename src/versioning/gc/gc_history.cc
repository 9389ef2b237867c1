#include "versioning/gc/gc_history.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/log.h"
#include "records/list.h"
#include "refs/records.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kSecondsPerDay = 24 * 3600;

}  // namespace

GcHistory::Index GcHistory::Add(const refs::Commit& commit) {
  Node& node = nodes_.emplace_back();
  node.id = commit.id.str();
  node.metarange = commit.metarange.str();
  if (!commit.parents.empty()) node.main_parent_id = commit.MainParent().str();
  node.created = commit.created;
  const auto index = static_cast<Index>(nodes_.size() - 1);
  index_.emplace(node.id, index);
  return index;
}

Status GcHistory::AddMissing(Context& context, const refs::Repository& repository,
                             const CommitId& head) {
  CommitId id = head;
  while (!id.view().empty() && !index_.contains(id.view())) {
    const auto commit = context.refs.GetCommit(repository, id);
    if (commit.code() == Code::kCommitNotFound) {
      NoteMissing(id.str(), "head of a branch");
      break;
    }
    TARN_TRY(commit.status());
    const Index added = Add(**commit);
    id = CommitId(nodes_[added].main_parent_id);
  }
  return {};
}

void GcHistory::LinkParents() {
  for (Node& node : nodes_) {
    if (node.main_parent_id.empty()) continue;
    const auto parent = index_.find(node.main_parent_id);
    if (parent == index_.end()) {
      NoteMissing(node.main_parent_id, "parent of " + node.id);
      continue;
    }
    node.main_parent = parent->second;
    nodes_[parent->second].has_child = true;
    std::string().swap(node.main_parent_id);
  }
}

void GcHistory::NoteMissing(std::string_view commit, std::string_view as) {
  TARN_LOG_WARN("collection keeps what no branch leads to: {}, {}: commit not found", commit, as);
  broken_ = true;
}

Result<GcHistory> GcHistory::Load(Context& context, const refs::Repository& repository,
                                  const std::function<bool()>& stop) {
  GcHistory history;
  const std::string partition = repository.partition();
  const auto add_commit = [&](std::string_view key, std::string_view bytes) -> Status {
    if (stop()) return Status(Code::kCancelled);
    TARN_TRY_ASSIGN(refs::Commit commit, refs::DecodeCommit(bytes));
    commit.id = CommitId(key.substr(records::kCommitPrefix.size()));
    history.Add(commit);
    return Status();
  };
  const auto add_branch = [&](std::string_view key, std::string_view bytes) -> Status {
    TARN_TRY_ASSIGN(const refs::Branch branch, refs::DecodeBranch(bytes));
    // A branch may have moved to a commit since the commits were read.
    TARN_TRY(history.AddMissing(context, repository, branch.commit));
    const auto head = history.index_.find(branch.commit.view());
    if (head != history.index_.end()) {
      history.heads_.push_back(
          {std::string(key.substr(records::kBranchPrefix.size())), head->second});
    }
    return Status();
  };
  TARN_TRY(records::ForEachRecord(context.kv, partition, records::kCommitPrefix, add_commit));
  TARN_TRY(records::ForEachRecord(context.kv, partition, records::kBranchPrefix, add_branch));
  history.LinkParents();
  return history;
}

void GcHistory::Walk(Index start, bool is_branch_head, int64_t threshold_seconds) {
  const auto keeps_parent_of = [&](const Node& child) {
    return child.created > Timestamp{threshold_seconds, 0};
  };
  const auto mark = [&](Node& node) {
    node.walked = true;
    node.walked_threshold = threshold_seconds;
  };
  Node* child = &nodes_[start];
  if (is_branch_head) {
    child->active = true;
  } else {
    // As if a child of the same age stood before it.
    if (keeps_parent_of(*child)) child->active = true;
  }
  mark(*child);
  while (child->main_parent != kNone) {
    Node& parent = nodes_[child->main_parent];
    // Before the stop, unlike the reference: the walk that was here may have come from an older
    // child, and not have kept it.
    if (keeps_parent_of(*child)) parent.active = true;
    if (parent.walked && parent.walked_threshold <= threshold_seconds) return;
    mark(parent);
    child = &parent;
  }
}

std::vector<GcHistory::ActiveCommit> GcHistory::Active(const GcRules& rules, int64_t now_seconds) {
  for (Node& node : nodes_) node.active = node.walked = false;
  const auto threshold = [&](int32_t days) { return now_seconds - days * kSecondsPerDay; };
  std::vector<bool> is_head(nodes_.size());
  for (const Head& head : heads_) is_head[head.commit] = true;
  // In the order of ids, as the reference walks: it decides where walks stop.
  std::vector<std::pair<Index, const Head*>> starts;
  for (const Head& head : heads_) starts.emplace_back(head.commit, &head);
  for (Index i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].has_child && !is_head[i]) starts.emplace_back(i, nullptr);
  }
  std::stable_sort(starts.begin(), starts.end(), [&](const auto& a, const auto& b) {
    return nodes_[a.first].id < nodes_[b.first].id;
  });
  for (const auto& [commit, head] : starts) {
    if (head == nullptr && broken_) {
      // It may lie behind the missing commit, on a branch that keeps it longer.
      Walk(commit, /*is_branch_head=*/true, std::numeric_limits<int64_t>::min());
      continue;
    }
    int32_t days = rules.default_retention_days;
    if (head != nullptr) {
      const auto rule = rules.branch_retention_days.find(head->branch);
      if (rule != rules.branch_retention_days.end()) days = rule->second;
    }
    Walk(commit, head != nullptr, threshold(days));
  }
  std::vector<ActiveCommit> active;
  for (const Node& node : nodes_) {
    if (node.active) active.push_back({node.id, node.metarange});
  }
  std::sort(active.begin(), active.end(),
            [](const ActiveCommit& a, const ActiveCommit& b) { return a.id < b.id; });
  return active;
}

}  // namespace tarn::versioning
