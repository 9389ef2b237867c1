#include "private_branches.h"

#include <algorithm>
#include <utility>

#include "catalog/address_upload.h"
#include "codec/hex.h"
#include "versioning/branch/branches.h"
#include "versioning/reset.h"

namespace tarn::sim {
namespace {

constexpr int kPaths = 12;

std::string Show(const Tree& tree) {
  std::string text = "{";
  for (const auto& [path, value] : tree) text += path + "=" + value + " ";
  return text + "}";
}

}  // namespace

PrivateBranches::PrivateBranches(Installation& world, refs::Repository repository, uint32_t number)
    : world_(world),
      repository_(std::move(repository)),
      number_(number),
      prefix_("own-" + std::to_string(number) + "-") {}

const std::vector<PrivateBranches::Row>& PrivateBranches::Verbs() {
  using P = PrivateBranches;
  static const std::vector<Row> verbs = {
      {"put", &P::Put, 8},
      {"put if absent", &P::PutIfAbsent, 3},
      {"copy", &P::Copy, 3},
      {"link", &P::Link, 2},
      {"set metadata", &P::SetMark, 2},
      {"delete", &P::Delete, 4},
      {"delete if", &P::DeleteIf, 2},
      {"delete many", &P::DeleteMany, 2},
      {"upload in parts", &P::UploadInParts, 4},
      {"reset all", &P::ResetAll, 1},
      {"reset prefix", &P::ResetPrefix, 2},
      {"reset path", &P::ResetPath, 2},
      {"commit", &P::Commit, 9},
      {"commit tree", &P::CommitTree, 1},
      {"add commit record", &P::AddCommitRecord, 1},
      {"merge", &P::Merge, 5},
      {"merge squashed", &P::MergeSquashed, 3},
      {"merge by strategy", &P::MergeByStrategy, 3},
      {"revert", &P::Revert, 2},
      {"cherry-pick", &P::CherryPick, 2},
      {"hard reset", &P::HardReset, 2},
      {"create branch", &P::CreateBranch, 2},
      {"delete branch", &P::DeleteBranch, 2},
      {"create tag", &P::CreateTag, 2},
      {"delete tag", &P::DeleteTag, 2},
      {"create pull", &P::CreatePull, 2},
      {"update pull", &P::UpdatePull, 1},
      {"merge pull", &P::MergePull, 4},
      {"list pulls", &P::ListPulls, 1},
      {"import", &P::Import, 3},
      {"dump refs", &P::DumpRefs, 1},
      {"dump refs now", &P::DumpRefsNow, 1},
      {"restore refs", &P::RestoreRefs, 3},
      {"prepare gc", &P::PrepareGcCommits, 1},
      {"list uncommitted", &P::PrepareGcUncommitted, 1},
      {"protect branch", &P::ProtectBranch, 1},
      {"repository metadata", &P::SetRepositoryMetadata, 1},
      {"set gc rules", &P::SetGcRules, 1},
      {"list", &P::List, 1},
      {"log", &P::Log, 1},
      {"diff uncommitted", &P::DiffUncommitted, 1},
      {"diff heads", &P::DiffHeads, 1},
      {"diff for merge", &P::DiffMerge, 1},
      {"find merge base", &P::FindMergeBase, 1},
      {"list names", &P::ListNames, 1},
      {"write symlinks", &P::WriteSymlinks, 1},
  };
  return verbs;
}

void PrivateBranches::Run() {
  const auto main = world_.observer().refs.GetBranch(repository_, repository_.default_branch);
  Expect(main.ok(), "the default branch: " + main.status().ToString());
  if (!main.ok()) return;
  std::vector<std::string> open = {main->commit.str()};
  while (!open.empty()) {
    const std::string id = open.back();
    open.pop_back();
    if (commits_.contains(id)) continue;
    const auto commit = world_.observer().refs.GetCommit(repository_, CommitId(id));
    if (!commit.ok()) return Expect(false, "commit " + id + ": " + commit.status().ToString());
    ModelCommit model{.parents = {}, .tree = world_.ReadTree(repository_, id)};
    for (const CommitId& parent : (*commit)->parents) model.parents.push_back(parent.str());
    open.insert(open.end(), model.parents.begin(), model.parents.end());
    commits_.Add(id, std::move(model));
  }
  for (const char* name : {"a", "b"}) {
    branches_.push_back({prefix_ + name, main->commit.str(), {}});
    refs::Branch branch{.id = BranchId(prefix_ + name), .commit = main->commit};
    branch.staging_token =
        staging::NewStagingToken(*world_.observer().random, repository_.id, branch.id);
    const Status made = world_.observer().refs.CreateBranch(repository_, branch);
    Expect(made.ok(), "a branch to begin with: " + made.ToString());
    branches_.back().visible = HeadOf(branches_.back());
  }
  int sum = 0;
  for (const Row& row : Verbs()) sum += row.weight;
  world_.Operate(number_, world_.options().operations, [this, sum] {
    auto drawn = static_cast<int>(world_.Draw(static_cast<uint64_t>(sum)));
    for (const Row& row : Verbs()) {
      if ((drawn -= row.weight) >= 0) continue;
      const VerbScope scope(row.name);
      at_ = &AnyBranch();
      (this->*row.verb)();
      break;
    }
  });
}

// What is expected. -----------------------------------------------------------------------------

PrivateBranches::Branch& PrivateBranches::AnyBranch() {
  return branches_[world_.Draw(branches_.size())];
}

PrivateBranches::Branch* PrivateBranches::FindBranch(const std::string& name) {
  const auto found = std::find_if(branches_.begin(), branches_.end(),
                                  [&](const Branch& branch) { return branch.name == name; });
  return found == branches_.end() ? nullptr : &*found;
}

/// A path of the branch with what is there.
std::optional<Tree::value_type> PrivateBranches::AnyObject() {
  if (at_->visible.empty()) return std::nullopt;
  auto found = at_->visible.begin();
  std::advance(found, world_.Draw(at_->visible.size()));
  return *found;
}

std::string PrivateBranches::AnyPath() {
  const uint64_t n = world_.Draw(kPaths);
  return prefix_ + (n < kPaths / 2 ? "k/" : "m/") + std::to_string(n);
}

void PrivateBranches::Expect(bool holds, const std::string& what) {
  if (!holds) world_.Fail(std::string(VerbScope::current()) + ": " + what);
}

void PrivateBranches::Settle(Branch& branch, Outcome outcome, const std::vector<Next>& nexts) {
  if (world_.failed()) return;
  const auto record = world_.observer().refs.GetBranch(repository_, BranchId(branch.name));
  if (!record.ok()) return Expect(false, branch.name + ": " + record.status().ToString());
  const std::string head = record->commit.str();
  const Tree visible = world_.ReadTree(repository_, branch.name);
  const bool moved = head != branch.head;
  if (outcome != Outcome::kDone && !moved && visible == branch.visible) return;
  std::string expected;
  if (outcome != Outcome::kRefused) {
    const Tree tree = moved ? world_.ReadTree(repository_, head) : HeadOf(branch);
    std::vector<std::string> parents;
    if (moved) {
      const auto commit = world_.observer().refs.GetCommit(repository_, record->commit);
      if (!commit.ok()) return Expect(false, "the head: " + commit.status().ToString());
      for (const CommitId& parent : (*commit)->parents) parents.push_back(parent.str());
    }
    for (const Next& next : nexts) {
      expected += " " + Show(next.visible);
      if (next.head) expected += " on " + Show(next.head->tree);
      const bool known = commits_.contains(head) && next.head && commits_.at(head).tree == tree;
      if (visible != next.visible || moved != (next.head.has_value())) continue;
      if (moved && (tree != next.head->tree || (!known && parents != next.head->parents))) continue;
      if (moved && !commits_.contains(head)) commits_.Add(head, {parents, tree});
      branch.head = head;
      branch.visible = visible;
      return;
    }
  }
  Expect(false, branch.name + " was " + Show(branch.visible) + " on " + branch.head + " and is " +
                    Show(visible) + " on " + head + (moved ? " (moved)" : "") + "; expected" +
                    expected);
}

/// The text of an object without its mark.
std::string PrivateBranches::TextOf(const std::string& object) {
  return object.substr(0, object.find('#'));
}

/// Settles an operation that stages a text, or nothing, at one path.
void PrivateBranches::StageAt(const std::string& path, const std::optional<std::string>& text,
                              const Status& status, std::initializer_list<Code> refusals) {
  const Outcome outcome = world_.Judge(status, refusals, at_->name + " " + path);
  Next next{.visible = at_->visible};
  if (text) {
    next.visible[path] = *text;
  } else {
    next.visible.erase(path);
  }
  Settle(*at_, outcome, {next});
}

// Uncommitted changes. --------------------------------------------------------------------------

void PrivateBranches::Put() { PutAt(AnyPath()); }

void PrivateBranches::PutAt(const std::string& path) {
  const std::string text = world_.NewText();
  const auto server = world_.AnyServer();
  StageAt(path, text,
          Installation::Upload(*server, repository_, at_->name, path, text,
                               versioning::SetCondition::kNone),
          {});
}

void PrivateBranches::PutIfAbsent() {
  const std::string path = AnyPath(), text = world_.NewText();
  const auto server = world_.AnyServer();
  constexpr auto kCondition = versioning::SetCondition::kAbsent;
  StageIf(kCondition, path, text,
          Installation::Upload(*server, repository_, at_->name, path, text, kCondition));
}

versioning::SetCondition PrivateBranches::AnyCondition() {
  return world_.Draw(2) == 0 ? versioning::SetCondition::kNone : versioning::SetCondition::kAbsent;
}

/// Settles an operation that stages a text at one path under a condition.
void PrivateBranches::StageIf(versioning::SetCondition condition, const std::string& path,
                              const std::string& text, const Status& status) {
  if (condition == versioning::SetCondition::kNone) return StageAt(path, text, status, {});
  const bool present = at_->visible.contains(path);
  Expect(!(status.ok() && present), "wrote over " + path);
  Expect(!(status.code() == Code::kPreconditionFailed && !present), path + " is not there");
  StageAt(path, text, status, {Code::kPreconditionFailed});
}

void PrivateBranches::Copy() {
  const Branch& from = AnyBranch();
  if (from.visible.empty()) return;
  auto source = from.visible.begin();
  std::advance(source, world_.Draw(from.visible.size()));
  const std::string path = AnyPath(), text = source->second;
  if (path == source->first) return;
  const auto server = world_.AnyServer();
  catalog::CopyRequest request{.source_ref = from.name,
                               .source_path = source->first,
                               .branch = BranchId(at_->name),
                               .path = path};
  request.condition = AnyCondition();
  StageIf(request.condition, path, text, server->catalog.CopyObject(repository_, request).status());
}

/// Some are written like clients do who have a URL, and some are written twice.
Status PrivateBranches::WriteTo(SimServer& server, const std::string& address,
                                const std::string& text) {
  const catalog::GivenAddress place{repository_.storage_namespace.str(), address};
  for (uint64_t i = 0, n = 1 + world_.Draw(2); i < n; ++i) {
    TARN_TRY_ASSIGN(const auto upload,
                    catalog::AddressUpload::Begin(server.context, place, std::nullopt));
    TARN_TRY(upload->Write(text));
    TARN_TRY(upload->Finish());
  }
  return {};
}

void PrivateBranches::Link() {
  const std::string path = AnyPath(), text = world_.NewText();
  const auto server = world_.AnyServer();
  Entry entry;
  entry.address = server->catalog.NewAddress();
  entry.checksum = ToHex(AsView(Md5(text)));
  entry.size = static_cast<int64_t>(text.size());
  const versioning::SetCondition condition = AnyCondition();
  Status linked = WriteTo(*server, entry.address, text);
  if (linked.ok()) {
    linked = server->catalog.LinkObject(repository_, BranchId(at_->name), path, entry, condition,
                                        /*force=*/false);
  }
  StageIf(condition, path, text, linked);
}

void PrivateBranches::SetMark() {
  const std::string path = AnyPath(), mark = world_.NewText();
  const auto server = world_.AnyServer();
  const Status set = server->catalog.SetUserMetadata(repository_, BranchId(at_->name), path,
                                                     {{Installation::kMark, mark}});
  const auto now = At(at_->visible, path);
  Expect(now || !set.ok(), "there is no " + path);
  Expect(!now || set.code() != Code::kNotFound, path + " is there");
  StageAt(path, now ? std::optional(TextOf(*now) + "#" + mark) : now, set, {Code::kNotFound});
}

void PrivateBranches::Delete() {
  const std::string path = AnyPath();
  const auto server = world_.AnyServer();
  StageAt(path, std::nullopt,
          server->catalog.DeleteObject(repository_, BranchId(at_->name), path, /*force=*/false,
                                       /*no_tombstone=*/world_.Draw(2) == 0),
          {});
}

void PrivateBranches::DeleteIf() {
  const std::string path = AnyPath();
  const auto now = At(at_->visible, path);
  const std::string expected = now && world_.Draw(3) != 0 ? TextOf(*now) : "another one";
  const bool holds = now && expected == TextOf(*now);
  const auto server = world_.AnyServer();
  const Status deleted = server->catalog.DeleteObjectIf(
      repository_, BranchId(at_->name), path,
      [&](const Entry& entry) { return entry.checksum == ToHex(AsView(Md5(expected))); });
  Expect(holds || !deleted.ok(), "deleted another " + path);
  Expect(!holds || deleted.code() != Code::kPreconditionFailed, path + " is as expected");
  StageAt(path, std::nullopt, deleted, {Code::kPreconditionFailed});
}

void PrivateBranches::DeleteMany() {
  std::vector<std::string> paths;
  for (int i = 0; i < 3; ++i) {
    const std::string path = AnyPath();
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  const auto server = world_.AnyServer();
  const auto deleted = server->catalog.DeleteObjects(repository_, BranchId(at_->name), paths,
                                                     /*force=*/false, world_.Draw(2) == 0);
  Outcome all = Outcome::kDone;
  std::vector<Next> nexts = {{.visible = at_->visible}};
  for (size_t i = 0; i < paths.size(); ++i) {
    const Status& one = deleted.ok() ? (*deleted)[i] : deleted.status();
    const Outcome outcome = world_.Judge(one, {}, at_->name + " " + paths[i]);
    if (outcome != Outcome::kDone) all = Outcome::kUnknown;
    for (size_t k = nexts.size(); k-- > 0;) {
      Next without = nexts[k];
      without.visible.erase(paths[i]);
      outcome == Outcome::kDone ? void(nexts[k] = without) : nexts.push_back(without);
    }
  }
  if (all == Outcome::kUnknown && nexts.front().visible != at_->visible) {
    // Some were done for certain: to be as it was is not enough.
    const Tree visible = world_.ReadTree(repository_, at_->name);
    Expect(visible != at_->visible, "deleted paths are still there");
  }
  Settle(*at_, all, nexts);
}

void PrivateBranches::ResetAll() {
  const auto server = world_.AnyServer();
  const Status reset =
      versioning::ResetBranch(server->context, repository_, BranchId(at_->name), /*force=*/false);
  Settle(*at_, world_.Judge(reset, {}, at_->name), {{.visible = HeadOf(*at_)}});
}

void PrivateBranches::ResetPrefix() {
  const std::string prefix = prefix_ + (world_.Draw(2) == 0 ? "k/" : "m/");
  const auto server = world_.AnyServer();
  const Status reset = versioning::ResetPrefix(server->context, repository_, BranchId(at_->name),
                                               prefix, /*force=*/false);
  Tree next = at_->visible;
  std::erase_if(next, [&](const auto& item) { return item.first.starts_with(prefix); });
  for (const auto& [path, text] : HeadOf(*at_)) {
    if (path.starts_with(prefix)) next[path] = text;
  }
  Settle(*at_, world_.Judge(reset, {}, at_->name + " " + prefix), {{.visible = next}});
}

void PrivateBranches::ResetPath() {
  const std::string path = AnyPath();
  const auto server = world_.AnyServer();
  const Status reset = versioning::ResetPath(server->context, repository_, BranchId(at_->name),
                                             path, /*force=*/false);
  const auto committed = HeadOf(*at_).find(path);
  const bool is_committed = committed != HeadOf(*at_).end();
  StageAt(path, is_committed ? std::optional(committed->second) : std::nullopt, reset, {});
}

}  // namespace tarn::sim
