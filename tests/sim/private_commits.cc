// Commits and merges of a client with branches of its own.
#include <utility>

#include "private_branches.h"
#include "versioning/cherry_pick.h"
#include "versioning/commit.h"
#include "versioning/merge.h"
#include "versioning/reset.h"
#include "versioning/revert.h"

namespace tarn::sim {

void PrivateBranches::Commit() { CommitAll(*at_, /*may_be_empty=*/world_.Draw(8) == 0); }

void PrivateBranches::CommitAll(Branch& branch, bool may_be_empty) {
  const auto server = world_.AnyServer();
  const auto made = versioning::Commit(server->context, repository_,
                                       {.branch = BranchId(branch.name),
                                        .committer = "client",
                                        .message = "commit",
                                        .allow_empty = may_be_empty});
  Expect(made.code() != Code::kNoChanges || (!IsDirty(branch) && !may_be_empty),
         "changes are not seen");
  Expect(!made.ok() || IsDirty(branch) || may_be_empty, "committed nothing");
  const Outcome outcome = world_.Judge(made.status(), {Code::kNoChanges}, branch.name);
  Settle(branch, outcome, {{branch.visible, ModelCommit{{branch.head}, branch.visible}}});
}

/// Most changes are put onto clean branches only.
void PrivateBranches::CommitFirst(Branch& branch) {
  if (!IsDirty(branch) || world_.Draw(8) == 0) return;
  const VerbScope scope("commit");
  CommitAll(branch, /*may_be_empty=*/false);
}

void PrivateBranches::PutFirst(Branch& branch, const std::string& path) {
  const VerbScope scope("put");
  Branch* const before = std::exchange(at_, &branch);
  PutAt(path);
  at_ = before;
}

/// Most merges have something to bring.
void PrivateBranches::ChangeFirst(Branch& source) {
  if (!IsDirty(source) && world_.Draw(4) != 0) PutFirst(source, AnyPath());
  CommitFirst(source);
}

/// A commit of the client's, of any branch.
std::string PrivateBranches::AnyCommit() {
  const std::string change = AnyChange(AnyBranch());
  return change.empty() ? at_->head : change;
}

void PrivateBranches::CommitTree() {
  CommitFirst(*at_);
  const std::string from = AnyCommit();
  const auto commit = world_.observer().refs.GetCommit(repository_, CommitId(from));
  if (!commit.ok()) return Expect(false, from + ": " + commit.status().ToString());
  const auto server = world_.AnyServer();
  const auto made = versioning::Commit(server->context, repository_,
                                       {.branch = BranchId(at_->name),
                                        .committer = "client",
                                        .message = "tree",
                                        .source_metarange = (*commit)->metarange});
  Change(*at_, made.status(), ModelCommit{{at_->head}, commits_.at(from).tree}, false);
}

void PrivateBranches::AddCommitRecord() {
  const std::string from = AnyCommit();
  SimServer& observer = world_.observer();
  const auto tree = observer.refs.GetCommit(repository_, CommitId(from));
  const auto parent = observer.refs.GetCommit(repository_, CommitId(at_->head));
  if (!tree.ok() || !parent.ok()) return Expect(false, "no commit to begin with");
  refs::Commit record;
  record.committer = "client";
  record.message = world_.NewText();
  record.created = observer.clock.Now();
  record.metarange = (*tree)->metarange;
  record.parents = {CommitId(at_->head)};
  record.generation = (*parent)->generation + 1;
  record.id = refs::ComputeCommitId(record);
  const auto server = world_.AnyServer();
  const Outcome outcome = world_.Judge(
      versioning::CreateCommitRecord(server->context, repository_, record, /*force=*/false), {},
      record.id.str());
  const auto found = observer.refs.GetCommit(repository_, record.id);
  Expect(found.ok() || outcome != Outcome::kDone, "the record is not there");
  if (!found.ok()) return;
  commits_.Add(record.id.str(), {{at_->head}, commits_.at(from).tree});
  records_.push_back(record.id.str());
}

/// Settles a commit that puts a change onto the head: it gives `result`, or there is a conflict.
void PrivateBranches::Change(Branch& branch, const Status& status,
                             const std::optional<ModelCommit>& result, bool may_be_empty) {
  const bool dirty = IsDirty(branch);
  Expect(!status.ok() || !dirty, "changed a dirty branch");
  Expect(status.code() != Code::kDirtyBranch || dirty, "the branch is clean");
  Expect(status.code() != Code::kConflict || !result, "there is no conflict");
  Expect(status.code() != Code::kNoChanges || may_be_empty, "there are changes");
  const Outcome outcome =
      world_.Judge(status, {Code::kDirtyBranch, Code::kConflict, Code::kNoChanges}, branch.name);
  std::vector<Next> nexts;
  if (result) nexts.push_back({result->tree, result});
  Settle(branch, outcome, nexts);
}

PrivateBranches::MergeResult PrivateBranches::ResultOfMerge(const Branch& source,
                                                            const Branch& destination, bool squash,
                                                            OnConflict on_conflict) const {
  const Tree base = commits_.BaseTree(source.head, destination.head);
  MergeResult result{.commit = {}, .may_be_empty = base == HeadOf(source)};
  const auto merged = ThreeWay(base, HeadOf(source), HeadOf(destination), on_conflict);
  if (!merged) return result;
  result.commit = {.parents = {destination.head}, .tree = *merged};
  if (!squash) result.commit->parents.push_back(source.head);
  return result;
}

void PrivateBranches::MergeAs(bool squash, const std::string& strategy, OnConflict on_conflict) {
  Branch& source = AnyBranch();
  if (&source == at_) return;
  ChangeFirst(source);
  CommitFirst(*at_);
  MergeInto(*at_, source, squash, strategy, on_conflict);
}

void PrivateBranches::MergeInto(Branch& destination, const Branch& source, bool squash,
                                const std::string& strategy, OnConflict on_conflict) {
  const MergeResult result = ResultOfMerge(source, destination, squash, on_conflict);
  const auto server = world_.AnyServer();
  const auto merged = versioning::Merge(server->context, repository_,
                                        {.source = source.name,
                                         .destination = BranchId(destination.name),
                                         .committer = "client",
                                         .strategy = strategy,
                                         .squash = squash});
  Change(destination, merged.status(), result.commit, result.may_be_empty);
}

/// Merges two branches across each other: then they have two best common ancestors. Where these
/// conflict, what lies between them is a tree that neither branch has.
void PrivateBranches::CrossFirst(Branch& other) {
  if (world_.Draw(2) == 0) {
    const std::string path = AnyPath();
    PutFirst(other, path);
    PutFirst(*at_, path);
  }
  ChangeFirst(other);
  ChangeFirst(*at_);
  const VerbScope scope("merge by strategy");
  const Branch before{.name = at_->head, .head = at_->head, .visible = HeadOf(*at_)};
  MergeInto(*at_, other, /*squash=*/false, "source-wins", OnConflict::kSource);
  if (world_.failed() || at_->head == before.head) return;
  MergeInto(other, before, /*squash=*/false, "source-wins", OnConflict::kSource);
}

void PrivateBranches::Merge() { MergeAs(/*squash=*/false, "", OnConflict::kFail); }

void PrivateBranches::MergeSquashed() { MergeAs(/*squash=*/true, "", OnConflict::kFail); }

void PrivateBranches::MergeByStrategy() {
  const bool squash = world_.Draw(4) == 0;
  if (world_.Draw(2) == 0) return MergeAs(squash, "source-wins", OnConflict::kSource);
  MergeAs(squash, "dest-wins", OnConflict::kDestination);
}

std::string PrivateBranches::AnyChange(const Branch& branch) {
  std::vector<std::string> changes;
  for (const std::string& id : commits_.Ancestors(branch.head)) {
    if (!commits_.at(id).parents.empty()) changes.push_back(id);
  }
  return changes.empty() ? "" : changes[world_.Draw(changes.size())];
}

/// The commit of a tree that follows the head of a branch.
std::optional<ModelCommit> PrivateBranches::Onto(const Branch& branch,
                                                 const std::optional<Tree>& tree) {
  if (!tree) return std::nullopt;
  return ModelCommit{{branch.head}, *tree};
}

void PrivateBranches::Revert() {
  CommitFirst(*at_);
  const std::string undone = AnyChange(*at_);
  if (undone.empty()) return;
  const ModelCommit& commit = commits_.at(undone);
  const Tree& before = commits_.at(commit.parents.front()).tree;
  const auto result = ThreeWay(commit.tree, before, HeadOf(*at_));
  const auto server = world_.AnyServer();
  const auto reverted = versioning::Revert(server->context, repository_,
                                           {.branch = BranchId(at_->name),
                                            .ref = undone,
                                            .parent_number = commit.parents.size() > 1 ? 1 : 0,
                                            .committer = "client"});
  Change(*at_, reverted.status(), Onto(*at_, result),
         before == commit.tree || result == HeadOf(*at_));
}

void PrivateBranches::CherryPick() {
  CommitFirst(*at_);
  const std::string picked = AnyChange(AnyBranch());
  if (picked.empty()) return;
  const ModelCommit& commit = commits_.at(picked);
  const Tree& before = commits_.at(commit.parents.front()).tree;
  const auto result = ThreeWay(before, commit.tree, HeadOf(*at_));
  const auto server = world_.AnyServer();
  versioning::CherryPickRequest request{.branch = BranchId(at_->name), .ref = picked};
  request.committer = "client";
  if (commit.parents.size() > 1) request.parent_number = 1;
  const auto made = versioning::CherryPick(server->context, repository_, request);
  Change(*at_, made.status(), Onto(*at_, result), before == commit.tree);
}

void PrivateBranches::HardReset() {
  const std::string change = AnyChange(AnyBranch());
  std::string target = change.empty() ? at_->head : commits_.at(change).parents.front();
  if (!records_.empty() && world_.Draw(3) == 0) target = records_[world_.Draw(records_.size())];
  const Tree& tree = commits_.at(target).tree;
  Next next{.visible = tree};
  Tree either = at_->visible;
  either.insert(HeadOf(*at_).begin(), HeadOf(*at_).end());
  for (const auto& [path, text] : either) {
    const auto now = std::as_const(at_->visible).find(path), old = HeadOf(*at_).find(path);
    const bool is_there = now != at_->visible.cend(), was_there = old != HeadOf(*at_).end();
    if (is_there == was_there && (!is_there || now->second == old->second)) continue;
    next.visible.erase(path);
    if (is_there) next.visible[path] = now->second;
  }
  if (target != at_->head) next.head = commits_.at(target);
  const auto server = world_.AnyServer();
  const Status reset = versioning::HardResetBranch(server->context, repository_,
                                                   BranchId(at_->name), target, /*force=*/false);
  if (reset.code() == Code::kDirtyBranch && !IsDirty(*at_)) {
    // What lies in sealed tokens counts, even where newer changes take it back.
    const auto record = world_.observer().refs.GetBranch(repository_, BranchId(at_->name));
    Expect(record.ok() && !record->sealed_tokens.empty(), "the branch is clean");
  }
  Settle(*at_, world_.Judge(reset, {Code::kDirtyBranch}, at_->name), {next});
}

}  // namespace tarn::sim
