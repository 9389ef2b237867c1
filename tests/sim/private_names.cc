// Branches and tags of a client with branches of its own, as names.
#include "private_branches.h"
#include "versioning/branch/branches.h"

namespace tarn::sim {

void PrivateBranches::CreateBranch() {
  Branch made{prefix_ + "c" + std::to_string(world_.Draw(2)), at_->head, HeadOf(*at_)};
  const bool is_there = left_.contains(made.name) || FindBranch(made.name) != nullptr;
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
