// Commits, merges and names of a client with branches of its own.
#include <utility>

#include "private_branches.h"
#include "versioning/branch/branches.h"
#include "versioning/cherry_pick.h"
#include "versioning/commit.h"
#include "versioning/merge.h"
#include "versioning/reset.h"
#include "versioning/revert.h"

namespace tarn::sim {

void PrivateBranches::Commit() {
  const auto server = world_.AnyServer();
  const auto made = versioning::Commit(
      server->context, repository_,
      {.branch = BranchId(at_->name), .committer = "client", .message = "commit"});
  Expect(made.code() != Code::kNoChanges || !IsDirty(*at_), "changes are not seen");
  Expect(!made.ok() || IsDirty(*at_), "committed nothing");
  const Outcome outcome = world_.Judge(made.status(), {Code::kNoChanges}, at_->name);
  Settle(*at_, outcome, {{at_->visible, ModelCommit{{at_->head}, at_->visible}}});
}

/// Settles a commit that puts a change onto the head: it gives one of `results`.
void PrivateBranches::Change(Branch& branch, const Status& status,
                             const std::vector<ModelCommit>& results, bool may_conflict,
                             bool may_be_empty) {
  const bool dirty = IsDirty(branch);
  Expect(!status.ok() || !dirty, "changed a dirty branch");
  Expect(status.code() != Code::kDirtyBranch || dirty, "the branch is clean");
  Expect(status.code() != Code::kConflict || may_conflict, "there is no conflict");
  Expect(status.code() != Code::kNoChanges || may_be_empty, "there are changes");
  const Outcome outcome =
      world_.Judge(status, {Code::kDirtyBranch, Code::kConflict, Code::kNoChanges}, branch.name);
  std::vector<Next> nexts;
  for (const ModelCommit& result : results) nexts.push_back({result.tree, result});
  Settle(branch, outcome, nexts);
}

void PrivateBranches::Merge() {
  Branch& source = AnyBranch();
  if (&source == at_) return;
  std::vector<ModelCommit> results;
  bool may_conflict = false, may_be_empty = false;
  for (const std::string& base : commits_.MergeBases(source.head, at_->head)) {
    const Tree& base_tree = commits_.at(base).tree;
    const auto merged = ThreeWay(base_tree, HeadOf(source), HeadOf(*at_));
    may_conflict = may_conflict || !merged;
    may_be_empty = may_be_empty || base_tree == HeadOf(source);
    if (merged) results.push_back({{at_->head, source.head}, *merged});
  }
  const auto server = world_.AnyServer();
  const auto merged = versioning::Merge(
      server->context, repository_,
      {.source = source.name, .destination = BranchId(at_->name), .committer = "client"});
  Change(*at_, merged.status(), results, may_conflict, may_be_empty);
}

std::string PrivateBranches::AnyChange(const Branch& branch) {
  std::vector<std::string> changes;
  for (const std::string& id : commits_.Ancestors(branch.head)) {
    if (!commits_.at(id).parents.empty()) changes.push_back(id);
  }
  return changes.empty() ? "" : changes[world_.Draw(changes.size())];
}

void PrivateBranches::Revert() {
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
  std::vector<ModelCommit> results;
  if (result) results.push_back({{at_->head}, *result});
  Change(*at_, reverted.status(), results, !result,
         before == commit.tree || result == HeadOf(*at_));
}

void PrivateBranches::CherryPick() {
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
  std::vector<ModelCommit> results;
  if (result) results.push_back({{at_->head}, *result});
  Change(*at_, made.status(), results, !result, before == commit.tree);
}

void PrivateBranches::HardReset() {
  const std::string change = AnyChange(AnyBranch());
  const std::string target = change.empty() ? at_->head : commits_.at(change).parents.front();
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

// Names. ----------------------------------------------------------------------------------------

void PrivateBranches::CreateBranch() {
  Branch made{prefix_ + "c" + std::to_string(world_.Draw(2)), at_->head, HeadOf(*at_)};
  bool is_there = left_.contains(made.name);
  for (const Branch& branch : branches_) is_there = is_there || branch.name == made.name;
  const auto server = world_.AnyServer();
  const Status created = versioning::CreateBranch(server->context, repository_,
                                                  {.id = BranchId(made.name), .source = at_->head})
                             .status();
  Expect(!is_there || !created.ok(), made.name + " was there already");
  Expect(is_there || created.code() != Code::kNotUnique, made.name + " is not there");
  const Outcome outcome = world_.Judge(created, {Code::kNotUnique}, made.name);
  if (is_there) return;
  const auto found = world_.observer().refs.GetBranch(repository_, BranchId(made.name));
  Expect(found.ok() || outcome != Outcome::kDone, made.name + " is not there");
  Expect(!found.ok() || outcome != Outcome::kRefused, made.name + " is there");
  if (!found.ok()) return;
  branches_.push_back(made);
  Settle(branches_.back(), Outcome::kRefused, {});
}

void PrivateBranches::DeleteBranch() {
  if (at_ == &branches_[0] || at_ == &branches_[1]) return;
  const auto server = world_.AnyServer();
  const Outcome outcome =
      world_.Judge(versioning::DeleteBranch(server->context, repository_, BranchId(at_->name),
                                            /*force=*/false),
                   {}, at_->name);
  const auto found = world_.observer().refs.GetBranch(repository_, BranchId(at_->name));
  Expect(!found.ok() || outcome != Outcome::kDone, at_->name + " is still there");
  if (found.ok()) return Settle(*at_, Outcome::kRefused, {});
  Expect(outcome != Outcome::kRefused, at_->name + " is gone");
  branches_.erase(branches_.begin() + (at_ - branches_.data()));
}

void PrivateBranches::CreateTag() {
  const std::string name = prefix_ + "t" + std::to_string(world_.Draw(3));
  const auto server = world_.AnyServer();
  const Status created =
      versioning::CreateTag(server->context, repository_, {.id = TagId(name), .ref = at_->head})
          .status();
  const bool is_there = tags_.contains(name);
  Expect(!is_there || !created.ok(), name + " was there already");
  Expect(is_there || created.code() != Code::kNotUnique, name + " is not there");
  const Outcome outcome = world_.Judge(created, {Code::kNotUnique}, name);
  const auto found = world_.observer().refs.GetTag(repository_, TagId(name));
  Expect(found.ok() == is_there || outcome == Outcome::kUnknown || created.ok(), name);
  Expect(found.ok() || outcome != Outcome::kDone, name + " is not there");
  if (found.ok() && !is_there) tags_[name] = at_->head;
  if (found.ok()) Expect(found->commit.str() == tags_[name], name + " names another commit");
}

void PrivateBranches::DeleteTag() {
  if (tags_.empty()) return;
  const std::string name = tags_.begin()->first;
  const auto server = world_.AnyServer();
  const Outcome outcome = world_.Judge(
      versioning::DeleteTag(server->context, repository_, TagId(name), /*force=*/false), {}, name);
  const auto found = world_.observer().refs.GetTag(repository_, TagId(name));
  Expect(!found.ok() || outcome != Outcome::kDone, name + " is still there");
  Expect(found.ok() || outcome != Outcome::kRefused, name + " is gone");
  if (!found.ok()) tags_.erase(name);
}

}  // namespace tarn::sim
