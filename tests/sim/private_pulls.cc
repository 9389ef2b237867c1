// Pull requests of a client with branches of its own.
#include <utility>

#include "base/sync.h"
#include "private_branches.h"
#include "versioning/repository/pulls.h"

namespace tarn::sim {
namespace {

constexpr int kPage = 5;

}  // namespace

bool PrivateBranches::IsAs(const Pull& pull, const refs::Pull& found) {
  return found.source == pull.source && found.destination == pull.destination &&
         found.title == pull.title && found.status == pull.status &&
         (!found.merge_commit || found.merge_commit->str() == pull.merged);
}

/// Those of the client, by id, as whoever lists them sees them.
Result<PrivateBranches::Pulls> PrivateBranches::ReadPulls(SimServer& server) {
  Pulls own;
  TARN_TRY(versioning::SettleMerges(server.context, repository_));
  refs::PageRequest request{.prefix = "", .after = "", .amount = kPage};
  for (bool more = true; more;) {
    TARN_TRY_ASSIGN(const auto page,
                    refs::ListPulls(server.kv, repository_, request, refs::PullFilter::kAll));
    for (const refs::Pull& pull : page.items) {
      request.after = pull.id;
      if (pull.author == prefix_) own[pull.id] = pull;
    }
    more = page.has_more;
  }
  return own;
}

/// True if the commit that a merge of the pull request has failed with has come to its branch all
/// the same: another merge of the same branches, in the same second, makes the very same commit.
bool PrivateBranches::WasMergedBy(const Pull& pull, const refs::Pull& found) {
  const Branch* const branch = FindBranch(pull.destination.str());
  return pull.is_tried && pull.status == refs::PullStatus::kOpen && branch != nullptr &&
         found.status == refs::PullStatus::kMerged && found.merge_commit &&
         commits_.Ancestors(branch->head).contains(found.merge_commit->str());
}

void PrivateBranches::CheckPulls(const Pulls& found) {
  Expect(found.size() == pulls_.size(), "there are other pull requests");
  for (auto& [id, pull] : pulls_) {
    const auto at = found.find(id);
    if (at != found.end() && WasMergedBy(pull, at->second)) {
      pull.status = at->second.status;
      pull.merged = at->second.merge_commit->str();
    }
    Expect(at != found.end() && IsAs(pull, at->second), "pull request " + id + " is another");
  }
}

void PrivateBranches::ListPulls() {
  const auto server = world_.AnyServer();
  const auto found = ReadPulls(*server);
  if (world_.Judge(found.status(), {}, "") == Outcome::kDone) CheckPulls(*found);
}

void PrivateBranches::CreatePull() {
  const Branch& source = AnyBranch();
  if (&source == at_) return;
  Pull pull{.source = BranchId(source.name),
            .destination = BranchId(at_->name),
            .title = world_.NewText()};
  const auto server = world_.AnyServer();
  const auto made = versioning::CreatePull(server->context, repository_,
                                           {.source = pull.source,
                                            .destination = pull.destination,
                                            .title = pull.title,
                                            .description = {},
                                            .author = prefix_});
  const Outcome outcome = world_.Judge(made.status(), {}, source.name + " " + at_->name);
  const auto found = ReadPulls(world_.observer());
  if (!found.ok()) return Expect(false, found.status().ToString());
  std::string id = made.ok() ? made->id : "";
  for (const auto& [other, record] : *found) {
    if (outcome == Outcome::kUnknown && !pulls_.contains(other)) id = other;
  }
  if (!id.empty()) pulls_[id] = std::move(pull);
  CheckPulls(*found);
}

/// The id of one, of an open one if there is any and that is wanted; "" if there is none.
std::string PrivateBranches::AnyPull(bool open) {
  std::vector<std::string> ids;
  for (const auto& [id, pull] : pulls_) {
    if (!open || pull.status == refs::PullStatus::kOpen) ids.push_back(id);
  }
  if (ids.empty() && open) return AnyPull(false);
  return ids.empty() ? "" : ids[world_.Draw(ids.size())];
}

void PrivateBranches::UpdatePull() {
  const std::string id = AnyPull(/*open=*/false);
  if (id.empty()) return;
  Pull next = pulls_[id];
  versioning::PullChange change;
  if (world_.Draw(2) == 0) {
    change.title = next.title = world_.NewText();
  } else if (next.status != refs::PullStatus::kMerged) {
    change.status = next.status = next.status == refs::PullStatus::kOpen ? refs::PullStatus::kClosed
                                                                         : refs::PullStatus::kOpen;
  }
  const auto server = world_.AnyServer();
  const Outcome outcome =
      world_.Judge(versioning::UpdatePull(server->context, repository_, id, change), {}, id);
  const auto found = ReadPulls(world_.observer());
  if (!found.ok()) return Expect(false, found.status().ToString());
  const bool is_next = found->contains(id) && IsAs(next, found->at(id));
  if (outcome == Outcome::kDone || (outcome == Outcome::kUnknown && is_next)) pulls_[id] = next;
  CheckPulls(*found);
}

/// Merges on one server, and half of the time on another one too.
void PrivateBranches::MergePull() {
  const bool wants_open = world_.Draw(8) != 0;
  if (wants_open && world_.Draw(2) == 0) {
    const VerbScope scope("create pull");
    CreatePull();
  }
  const std::string id = AnyPull(wants_open);
  if (id.empty()) return;
  Pull& pull = pulls_[id];
  Branch* const source = FindBranch(pull.source.str());
  Branch* const destination = FindBranch(pull.destination.str());
  if (source == nullptr || destination == nullptr) return;
  ChangeFirst(*source);
  CommitFirst(*destination);
  const bool is_open = pull.status == refs::PullStatus::kOpen;
  const MergeResult result =
      ResultOfMerge(*source, *destination, /*squash=*/false, OnConflict::kFail);
  Status first, second(Code::kNoChanges, "not tried");
  const auto merge = [&](Status* status) {
    const VerbScope scope("merge pull");
    const auto server = world_.AnyServer();
    *status = versioning::MergePull(server->context, repository_, id, "client").status();
    world_.Judge(*status,
                 {Code::kInvalidValue, Code::kNoChanges, Code::kConflict, Code::kDirtyBranch}, id);
  };
  if (world_.Draw(2) == 0) {
    Thread other("other", [&] { merge(&second); });
    merge(&first);
  } else {
    merge(&first);
  }
  const bool done = first.ok() || second.ok();
  Expect(!first.ok() || !second.ok(), "a pull request was merged twice");
  Expect(!done || is_open, "a pull request was merged that is not open");
  Expect(!done || !IsDirty(*destination), "merged into a dirty branch");
  pull.is_tried = true;
  std::vector<Next> nexts;
  if (result.commit) nexts.push_back({result.commit->tree, result.commit});
  const std::string before = destination->head;
  Settle(*destination,
         done      ? Outcome::kDone
         : is_open ? Outcome::kUnknown
                   : Outcome::kRefused,
         nexts);
  if (world_.failed()) return;
  if (destination->head != before) {
    pull.status = refs::PullStatus::kMerged;
    pull.merged = destination->head;
  }
  if (world_.Draw(2) == 0) {
    const VerbScope scope("list pulls");
    return ListPulls();
  }
  const auto found = ReadPulls(world_.observer());
  if (!found.ok()) return Expect(false, found.status().ToString());
  CheckPulls(*found);
}

}  // namespace tarn::sim
