#include "shared_paths.h"

#include <algorithm>
#include <set>
#include <utility>

#include "versioning/commit.h"
#include "versioning/merge.h"
#include "versioning/reset.h"

namespace tarn::sim {
namespace {

constexpr int kPaths = 4;
using Outcome = Installation::Outcome;
using versioning::SetCondition;

}  // namespace

SharedPaths::SharedPaths(Installation& world, refs::Repository repository, uint32_t number)
    : world_(world),
      repository_(std::move(repository)),
      number_(number),
      prefix_("shared/" + std::to_string(number) + "/") {
  for (int i = 0; i < kPaths; ++i) {
    const std::string branch = kBranches[world_.Draw(2)];
    paths_.push_back({.branch = branch, .name = prefix_ + branch + "/" + std::to_string(i)});
  }
}

void SharedPaths::Run() {
  world_.Operate(number_, world_.options().operations, [this] { Operate(); });
}

void SharedPaths::Operate() {
  Path& path = paths_[world_.Draw(paths_.size())];
  switch (world_.Draw(14)) {
    case 0:
    case 1:
    case 2:
      return Put(path, SetCondition::kNone);
    case 3:
    case 4:
      return Put(path, SetCondition::kAbsent);
    case 5:
      return Delete(path);
    case 6:
    case 7:
      return Read(path);
    case 8:
      return Commit(path.branch);
    case 9:
      return Merge(path.branch);
    case 10:
      return ResetPrefix(path.branch);
    case 11:
      return ResetPath(path);
    case 12:
      return List(path.branch);
    default:
      return ReadMerged();
  }
}

void SharedPaths::Put(Path& path, SetCondition condition) {
  const bool absent_only = condition == SetCondition::kAbsent;
  const VerbScope scope(absent_only ? "shared if absent" : "shared put");
  const std::string text = world_.NewText();
  const auto server = world_.AnyServer();
  const Status put =
      Installation::Upload(*server, repository_, path.branch, path.name, text, condition);
  const Outcome outcome = Judge(put, {Code::kPreconditionFailed}, path.name + " " + text);
  if (outcome == Outcome::kRefused) {
    if (!path.model.MayBePresent()) world_.Fail("put if absent of " + path.name + " is refused");
    return;
  }
  const bool acknowledged = outcome == Outcome::kDone;
  if (acknowledged && absent_only && !path.model.MayBeAbsent()) {
    world_.Fail("put if absent of " + path.name + " found nothing");
  }
  path.model.Written(text, acknowledged);
}

void SharedPaths::Delete(Path& path) {
  const VerbScope scope("shared delete");
  const auto server = world_.AnyServer();
  const Status deleted =
      server->catalog.DeleteObject(repository_, BranchId(path.branch), path.name,
                                   /*force=*/false, /*no_tombstone=*/world_.Draw(2) == 0);
  path.model.Written(std::nullopt, Judge(deleted, {}, path.name) == Outcome::kDone);
}

Result<PathModel::Value> SharedPaths::ReadAt(SimServer& server, const std::string& ref,
                                             const std::string& name) {
  const auto entry = server.catalog.GetEntry(repository_, ref, name);
  if (entry.code() == Code::kNotFound) return PathModel::Value();
  TARN_TRY(entry.status());
  TARN_TRY_ASSIGN(std::string text, Installation::ReadText(server, repository_, *entry));
  return PathModel::Value(std::move(text));
}

void SharedPaths::Read(Path& path) {
  const VerbScope scope("shared read");
  const auto server = world_.AnyServer();
  const auto value = ReadAt(*server, path.branch, path.name);
  if (Judge(value.status(), {}, path.name) != Outcome::kDone) return;
  if (!path.model.MayBe(*value)) {
    world_.Fail(path.name + " reads " + value->value_or("nothing") + " on " + path.branch);
  }
  const auto head = ReadAt(*server, path.branch + "@", path.name);
  if (Judge(head.status(), {}, path.name) != Outcome::kDone) return;
  if (!path.model.MayBeCommitted(*head, path.model.committed())) {
    world_.Fail(path.name + " reads " + head->value_or("nothing") + " at the head");
  }
}

void SharedPaths::ReadMerged() {
  const VerbScope scope("shared read");
  const auto server = world_.AnyServer();
  for (const Path& path : paths_) {
    const auto value = ReadAt(*server, path.other(), path.name);
    if (Judge(value.status(), {}, path.name) != Outcome::kDone) return;
    if (!path.model.MayBeCommitted(*value, path.merged)) {
      world_.Fail(path.name + " reads " + value->value_or("nothing") + " on " + path.other());
    }
  }
}

/// Page by page, while others change the branch.
void SharedPaths::List(const std::string& branch) {
  const VerbScope scope("shared list");
  const auto server = world_.AnyServer();
  std::set<std::string> listed;
  catalog::ListRequest request{
      .ref = branch, .prefix = prefix_ + branch + "/", .after = {}, .delimiter = {}, .amount = 2};
  for (bool more = true; more;) {
    const auto end =
        server->catalog.List(repository_, request, [&](const catalog::ListedItem& item) {
          listed.emplace(item.path);
          return Status();
        });
    if (Judge(end.status(), {}, branch) != Outcome::kDone) return;
    more = end->has_more;
    request.after = end->next_offset;
  }
  for (const Path& path : paths_) {
    if (path.branch != branch) continue;
    const bool is_listed = listed.contains(path.name);
    if (is_listed ? !path.model.MayBePresent() : !path.model.MayBeAbsent()) {
      world_.Fail(path.name + (is_listed ? " is listed" : " is not listed"));
    }
  }
}

void SharedPaths::Commit(const std::string& branch) {
  const VerbScope scope("shared commit");
  std::vector<size_t> least;
  for (const Path& path : paths_) least.push_back(path.model.least());
  const auto server = world_.AnyServer();
  const auto made =
      versioning::Commit(server->context, repository_,
                         {.branch = BranchId(branch), .committer = "client", .message = "commit"});
  // Without changes it proves nothing: a commit of older ones may be about to end.
  if (Judge(made.status(), {Code::kNoChanges}, branch) != Outcome::kDone) return;
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (paths_[i].branch == branch) paths_[i].model.Committed(least[i]);
  }
}

void SharedPaths::Merge(const std::string& source) {
  const VerbScope scope("shared merge");
  std::vector<size_t> least;
  for (const Path& path : paths_) least.push_back(path.model.committed());
  const std::string destination = source == kBranches[0] ? kBranches[1] : kBranches[0];
  const auto server = world_.AnyServer();
  const auto merged = versioning::Merge(
      server->context, repository_,
      {.source = source, .destination = BranchId(destination), .committer = "client"});
  const Outcome outcome =
      Judge(merged.status(), {Code::kNoChanges, Code::kDirtyBranch}, destination);
  if (outcome != Outcome::kDone) return;
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (paths_[i].branch == source) paths_[i].merged = std::max(paths_[i].merged, least[i]);
  }
}

void SharedPaths::ResetPrefix(const std::string& branch) {
  const VerbScope scope("shared reset");
  const std::string prefix = prefix_ + branch + "/";
  const auto server = world_.AnyServer();
  const Status reset = versioning::ResetPrefix(server->context, repository_, BranchId(branch),
                                               prefix, /*force=*/false);
  const bool acknowledged = Judge(reset, {}, prefix) == Outcome::kDone;
  for (Path& path : paths_) {
    if (path.branch == branch) path.model.Reset(acknowledged);
  }
}

void SharedPaths::ResetPath(Path& path) {
  const VerbScope scope("shared reset");
  const auto server = world_.AnyServer();
  const Status reset = versioning::ResetPath(server->context, repository_, BranchId(path.branch),
                                             path.name, /*force=*/false);
  path.model.Reset(Judge(reset, {}, path.name) == Outcome::kDone);
}

void SharedPaths::CheckAtRest() {
  for (int round = 0; round < 2; ++round) {
    for (Path& path : paths_) Read(path);
    ReadMerged();
    for (const char* branch : kBranches) Commit(branch);
  }
}

}  // namespace tarn::sim
