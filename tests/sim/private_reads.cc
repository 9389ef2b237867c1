// Listings, logs and differences that a client with branches of its own asks for: it knows the
// answers.
#include <algorithm>
#include <utility>

#include "catalog/symlinks.h"
#include "private_branches.h"
#include "versioning/log/log.h"
#include "versioning/merge_base.h"

namespace tarn::sim {
namespace {

constexpr int kPage = 3;  // So that there are several.
constexpr int kAll = 1000;
constexpr int64_t kListBytesMax = 100'000;
using committed::DiffKind;

/// What a listing shows of paths below a prefix.
std::vector<std::string> Shown(const Tree& tree, const std::string& prefix,
                               const std::string& delimiter) {
  std::vector<std::string> shown;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with(prefix)) continue;
    const size_t end = delimiter.empty() ? path.npos : path.find(delimiter, prefix.size());
    std::string item = end == path.npos ? path : path.substr(0, end + 1);
    if (shown.empty() || shown.back() != item) shown.push_back(std::move(item));
  }
  return shown;
}

Result<std::vector<std::string>> ListAll(SimServer& server, const refs::Repository& repository,
                                         catalog::ListRequest request) {
  std::vector<std::string> listed;
  request.amount = kPage;
  for (bool more = true; more;) {
    TARN_TRY_ASSIGN(const auto end,
                    server.catalog.List(repository, request, [&](const catalog::ListedItem& item) {
                      listed.emplace_back(item.path);
                      return Status();
                    }));
    more = end.has_more;
    request.after = end.next_offset;
  }
  return listed;
}

/// All pages of names that begin with a prefix.
template <class ListPage>
Result<std::set<std::string>> NamesOf(const std::string& prefix, ListPage&& list_page) {
  std::set<std::string> names;
  refs::PageRequest request{.prefix = prefix, .after = "", .amount = kPage};
  for (bool more = true; more;) {
    TARN_TRY_ASSIGN(const auto page, list_page(request));
    for (const auto& item : page.items) {
      if (!names.insert(item.id.str()).second) return Status(Code::kCorrupt, "a name comes twice");
    }
    more = page.has_more;
    if (more) request.after = page.items.back().id.str();
  }
  return names;
}

std::string ShowNames(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += " " + name;
  return text;
}

}  // namespace

void PrivateBranches::List() {
  const std::string prefix = prefix_ + (world_.Draw(2) == 0 ? "" : "m/");
  const std::string delimiter = world_.Draw(2) == 0 ? "" : "/";
  const auto server = world_.AnyServer();
  const auto listed =
      ListAll(*server, repository_,
              {.ref = at_->name, .prefix = prefix, .after = {}, .delimiter = delimiter});
  if (world_.Judge(listed.status(), {}, at_->name + " " + prefix) != Outcome::kDone) return;
  Expect(*listed == Shown(at_->visible, prefix, delimiter), "a listing shows something else");
}

void PrivateBranches::Log() {
  const bool first_parent = world_.Draw(2) == 0;
  const auto server = world_.AnyServer();
  const auto log = versioning::Log(server->context, repository_,
                                   {.ref = at_->name,
                                    .after = {},
                                    .stop_at = {},
                                    .amount = kAll,
                                    .first_parent = first_parent,
                                    .objects = {},
                                    .prefixes = {}});
  if (world_.Judge(log.status(), {}, at_->name) != Outcome::kDone) return;
  std::set<std::string> expected = commits_.Ancestors(at_->head), shown;
  Timestamp before{INT64_MAX, 0};
  if (first_parent) {
    expected.clear();
    for (std::string id = at_->head; expected.insert(id), !commits_.at(id).parents.empty();) {
      id = commits_.at(id).parents.front();
    }
  }
  for (const refs::Commit& commit : log->items) {
    Expect(commit.created <= before, "a log shows a commit after an older one");
    before = commit.created;
    Expect(shown.insert(commit.id.str()).second, "a log shows a commit twice");
  }
  Expect(shown == expected, "a log shows other commits");
}

PrivateBranches::Difference PrivateBranches::DifferenceOf(const Tree& left, const Tree& right) {
  Difference difference;
  for (const std::string& path : PathsOf({&left, &right})) {
    const auto l = At(left, path), r = At(right, path);
    if (l == r) continue;
    difference[path] = !l ? DiffKind::kAdded : !r ? DiffKind::kRemoved : DiffKind::kChanged;
  }
  return difference;
}

void PrivateBranches::CheckDiff(catalog::DiffRequest request, const Difference& expected) {
  Difference shown;
  request.amount = kPage;
  const auto server = world_.AnyServer();
  for (bool more = true; more;) {
    const auto page = server->catalog.Diff(repository_, request);
    if (world_.Judge(page.status(), {}, request.left + " " + request.right) != Outcome::kDone) {
      return;
    }
    for (const catalog::DiffItem& item : page->items) shown[item.path] = item.kind;
    more = page->has_more;
    if (more) request.after = page->items.back().path;
  }
  Expect(shown == expected, request.left + " " + request.right + " differ otherwise");
}

void PrivateBranches::DiffUncommitted() {
  CheckDiff({.type = catalog::DiffType::kUncommitted,
             .left = at_->name,
             .right = {},
             .prefix = {},
             .after = {},
             .delimiter = {}},
            DifferenceOf(HeadOf(*at_), at_->visible));
}

void PrivateBranches::DiffHeads() {
  const Branch& right = AnyBranch();
  const bool staged = world_.Draw(2) == 0;
  CheckDiff({.type = catalog::DiffType::kTwoDot,
             .left = at_->name,
             .right = right.name + (staged ? "$" : ""),
             .prefix = {},
             .after = {},
             .delimiter = {}},
            DifferenceOf(HeadOf(*at_), staged ? right.visible : HeadOf(right)));
}

void PrivateBranches::DiffMerge() {
  Branch& source = AnyBranch();
  if (&source != at_ && world_.Draw(4) == 0) CrossFirst(source);
  if (world_.failed()) return;
  const Tree base = commits_.BaseTree(source.head, at_->head);
  const Tree &from = HeadOf(source), &to = HeadOf(*at_);
  Difference expected;
  for (const auto& [path, kind] : DifferenceOf(to, from)) {
    const auto b = At(base, path), s = At(from, path), d = At(to, path);
    if (s != b) expected[path] = d == b ? kind : DiffKind::kConflict;
  }
  CheckDiff({.type = catalog::DiffType::kThreeDot,
             .left = at_->name,
             .right = source.name,
             .prefix = {},
             .after = {},
             .delimiter = {}},
            expected);
}

void PrivateBranches::FindMergeBase() {
  const Branch& source = AnyBranch();
  const auto server = world_.AnyServer();
  const auto found =
      versioning::FindMergeBase(server->context, repository_, source.name, at_->name);
  if (world_.Judge(found.status(), {}, source.name + " " + at_->name) != Outcome::kDone) return;
  const auto bases = commits_.MergeBases({source.head}, at_->head);
  Expect(bases.contains(found->base.id.str()), "a merge base is none");
}

void PrivateBranches::ListNames() {
  const auto server = world_.AnyServer();
  const auto branches = NamesOf(prefix_, [&](const refs::PageRequest& request) {
    return server->refs.ListBranches(repository_, request, /*with_hidden=*/false);
  });
  const auto tags = NamesOf(prefix_, [&](const refs::PageRequest& request) {
    return server->refs.ListTags(repository_, request);
  });
  if (world_.Judge(branches.status(), {}, "branches") == Outcome::kDone) {
    std::set<std::string> expected = left_;
    for (const Branch& branch : branches_) expected.insert(branch.name);
    Expect(*branches == expected, "branches:" + ShowNames(*branches));
  }
  if (world_.Judge(tags.status(), {}, "tags") == Outcome::kDone) {
    std::set<std::string> expected;
    for (const auto& [name, commit] : tags_) expected.insert(name);
    Expect(*tags == expected, "tags:" + ShowNames(*tags));
  }
}

void PrivateBranches::WriteSymlinks() {
  const std::string folder = prefix_ + "m/";
  const auto paths = Shown(at_->visible, folder, "");
  const auto server = world_.AnyServer();
  const auto written = catalog::WriteSymlinks(server->catalog, repository_, at_->name, folder);
  if (world_.Judge(written.status(), {}, at_->name) != Outcome::kDone || paths.empty()) return;
  const std::string address =
      "symlinks/" + repository_.id.str() + "/" + at_->name + "/" + folder + "symlink.txt";
  const auto list = block::GetObject(
      world_.observer().objects, {repository_.storage_namespace.view(), address}, kListBytesMax);
  if (!list.ok()) return Expect(false, list.status().ToString());
  const auto ends = std::count(list->begin(), list->end(), '\n');
  Expect(static_cast<size_t>(ends) + 1 == paths.size(), "a list of addresses is not whole");
}

}  // namespace tarn::sim
