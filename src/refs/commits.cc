// Records of commits, and the walk over them in log order.

#include <queue>
#include <unordered_set>

#include "base/log.h"
#include "codec/utf8.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

// Protobuf text is UTF-8; what cannot be read back must not be written.
Status CheckText(const Commit& commit) {
  bool valid = IsValidUtf8(commit.committer) && IsValidUtf8(commit.message) &&
               IsValidUtf8(commit.metarange.view());
  for (const auto& [key, value] : commit.metadata) {
    valid = valid && IsValidUtf8(key) && IsValidUtf8(value);
  }
  for (const CommitId& parent : commit.parents) valid = valid && IsValidUtf8(parent.view());
  if (valid) return Status();
  return Status(Code::kInvalidValue, "commit: text is not UTF-8: invalid value: validation error");
}

// True if `a` comes after `b` in the log: older first to lose, then the smaller id.
struct LaterInLog {
  bool operator()(const CommitNode& a, const CommitNode& b) const {
    if (a.created != b.created) return a.created < b.created;
    return a.id < b.id;
  }
};

Result<Commit> ReadCommit(kv::Store& kv, const Repository& repository, const CommitId& id) {
  TARN_TRY_ASSIGN(Commit commit, records::Get(kv, kCommits, repository.partition(), id.view()));
  commit.id = id;
  return commit;
}

CommitNode NodeOf(const Commit& commit) {
  return {commit.id, commit.created, commit.generation, commit.parents};
}

}  // namespace

Result<std::shared_ptr<const Commit>> Store::GetCommit(const Repository& repository,
                                                       const CommitId& id) {
  if (auto cached = impl_->commits.Find(repository.instance_uid, id.view())) return cached;
  TARN_TRY_ASSIGN(Commit commit, ReadCommit(impl_->kv, repository, id));
  auto shared = std::make_shared<const Commit>(std::move(commit));
  impl_->commits.Insert(repository.instance_uid, shared);
  return shared;
}

Result<CommitNode> Store::GetNode(const Repository& repository, const CommitId& id) {
  if (auto node = impl_->graph.Find(repository.instance_uid, id)) return *std::move(node);
  // A walk meets each commit once: it must not drive those out that others read again and again.
  CommitNode node;
  if (const auto cached = impl_->commits.Find(repository.instance_uid, id.view())) {
    node = NodeOf(*cached);
  } else {
    TARN_TRY_ASSIGN(const Commit commit, ReadCommit(impl_->kv, repository, id));
    node = NodeOf(commit);
  }
  impl_->graph.Insert(repository.instance_uid, node);
  return node;
}

Result<Commit> Store::AddCommit(const Repository& repository, Commit commit) {
  TARN_TRY(CheckText(commit));
  commit.id = ComputeCommitId(commit);
  Status written =
      records::Create(impl_->kv, kCommits, repository.partition(), commit.id.view(), commit);
  // The same content is the same commit.
  if (!written.ok() && written.code() != kCommits.taken.code) return written;
  return commit;
}

Result<Page<Commit>> Store::ListCommits(const Repository& repository, const PageRequest& request) {
  return records::List(impl_->kv, kCommits, repository.partition(), request);
}

Status Store::Log(const Repository& repository, const LogRequest& request,
                  const std::function<Result<bool>(const CommitNode&)>& visit) {
  std::priority_queue<CommitNode, std::vector<CommitNode>, LaterInLog> queue;
  std::unordered_set<CommitId> seen;
  const auto push = [&](const CommitId& id) -> Status {
    if (!seen.insert(id).second) return Status();
    TARN_TRY_ASSIGN(CommitNode node, GetNode(repository, id));
    queue.push(std::move(node));
    return Status();
  };
  const auto push_parent = [&](const CommitNode& child, const CommitId& id) -> Status {
    Status pushed = push(id);
    if (pushed.code() != Code::kCommitNotFound) return pushed;
    // One broken record must not hide the rest of the history.
    TARN_LOG_WARN("commit {}: parent {}: {}", child.id.str(), id.str(), pushed.message());
    return Status();
  };
  TARN_TRY(push(request.start));
  while (!queue.empty()) {
    const CommitNode node = queue.top();
    queue.pop();
    if (request.since_seconds && node.created.seconds < *request.since_seconds) continue;
    TARN_TRY_ASSIGN(const bool go_on, visit(node));
    if (!go_on) break;
    for (const CommitId& parent : node.parents) {
      TARN_TRY(push_parent(node, parent));
      if (request.first_parent) break;
    }
  }
  return Status();
}

}  // namespace tarn::refs
