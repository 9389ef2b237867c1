#include "versioning/log/log.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/digest.h"
#include "iter/sorted_iterator.h"
#include "refs/names.h"

namespace tarn::versioning {
namespace {

constexpr int kDefaultAmount = 100;
constexpr int kAmountMax = 1000;

Result<refs::Commit> ResolveNamed(Context& context, const refs::Repository& repository,
                                  std::string_view prefix, std::string_view expression) {
  auto commit = context.refs.ResolveCommit(repository, expression);
  if (commit.ok()) return commit;
  return std::move(commit).status().Prefixed(prefix);
}

/// Decides whether a commit touches one of the wanted paths.
class PathFilter {
 public:
  PathFilter(Context& context, const refs::Repository& repository, const LogRequest& request)
      : context_(context), repository_(repository) {
    std::string asked;
    for (const std::string& path : request.objects) {
      if (path.empty()) continue;
      objects_.push_back({path, {}, {}});
      asked += "o" + std::to_string(path.size()) + ":" + path;
    }
    for (const std::string& prefix : request.prefixes) {
      if (prefix.empty()) continue;
      prefixes_.push_back(prefix);
      asked += "p" + std::to_string(prefix.size()) + ":" + prefix;
    }
    digest_ = Sha256(asked);
  }

  bool filters() const { return !objects_.empty() || !prefixes_.empty(); }

  /// Merges and the root never match: they have no one parent to be compared with.
  Result<bool> Matches(const refs::CommitNode& node) {
    if (node.parents.size() != 1) return false;
    const ChangeCache::Key key = ChangeCache::KeyOf(digest_, node.id);
    if (const auto known = context_.state->changes.Find(key)) return *known;
    TARN_TRY_ASSIGN(const auto commit, context_.refs.GetCommit(repository_, node.id));
    const auto parent = context_.refs.GetCommit(repository_, node.parents.front());
    if (parent.code() == Code::kCommitNotFound) return false;  // Like a root.
    TARN_TRY(parent.status());
    TARN_TRY_ASSIGN(const bool changed, Changed((*parent)->metarange, commit->metarange));
    context_.state->changes.Insert(key, changed);
    return changed;
  }

 private:
  /// An object, and what it was in the tree that was looked at last: a walk mostly goes on there.
  struct Object {
    std::string path;
    std::optional<MetarangeId> tree;
    std::optional<std::string> identity;
  };

  Result<bool> Changed(const MetarangeId& before, const MetarangeId& after) {
    if (before == after) return false;
    for (Object& object : objects_) {
      TARN_TRY_ASSIGN(const bool changed, ObjectChanged(before, after, &object));
      if (changed) return true;
    }
    for (const std::string& prefix : prefixes_) {
      TARN_TRY_ASSIGN(const bool changed, PrefixChanged(before, after, prefix));
      if (changed) return true;
    }
    return false;
  }

  Result<bool> ObjectChanged(const MetarangeId& before, const MetarangeId& after, Object* object) {
    const StorageNamespace& ns = repository_.storage_namespace;
    TARN_TRY_ASSIGN(const auto range_before, context_.committed.RangeOf(ns, before, object->path));
    TARN_TRY_ASSIGN(const auto range_after, context_.committed.RangeOf(ns, after, object->path));
    if (!range_before && !range_after) return false;
    if (range_before && range_after && range_before->id == range_after->id) return false;
    TARN_TRY(LookUp(after, object));
    const std::optional<std::string> identity = object->identity;
    TARN_TRY(LookUp(before, object));
    return identity != object->identity;
  }

  Status LookUp(const MetarangeId& tree, Object* object) {
    if (object->tree == tree) return Status();
    object->tree.reset();
    TARN_TRY_ASSIGN(const auto found,
                    context_.committed.Get(repository_.storage_namespace, tree, object->path));
    object->identity.reset();
    if (found) object->identity = found->view().identity;
    object->tree = tree;
    return Status();
  }

  Result<bool> PrefixChanged(const MetarangeId& before, const MetarangeId& after,
                             std::string_view prefix) {
    TARN_TRY_ASSIGN(const auto diff, context_.committed.Diff(repository_.storage_namespace, before,
                                                             after, PrefixEnd(prefix)));
    TARN_TRY(diff->Seek(prefix));
    return diff->Valid() && diff->key().starts_with(prefix);
  }

  Context& context_;
  const refs::Repository& repository_;
  std::vector<Object> objects_;
  std::vector<std::string> prefixes_;
  Sha256Digest digest_;  // Of all that is asked.
};

/// Takes commits in log order and keeps those of the page.
class PageCollector {
 public:
  PageCollector(Context& context, const refs::Repository& repository, const LogRequest& request,
                PathFilter& filter, CommitId after, CommitId stop_at)
      : context_(context),
        repository_(repository),
        filter_(filter),
        after_(std::move(after)),
        stop_at_(std::move(stop_at)),
        limit_(request.limit) {
    const int wanted = request.amount <= 0 ? kDefaultAmount : std::min(request.amount, kAmountMax);
    amount_ = static_cast<size_t>(wanted);
  }

  /// False when the page is complete.
  Result<bool> Visit(const refs::CommitNode& node) {
    if (!after_.empty()) {
      if (node.id == after_) after_ = CommitId();
      return true;
    }
    if (filter_.filters()) {
      TARN_TRY_ASSIGN(const bool matches, filter_.Matches(node));
      if (!matches) return true;
    }
    if (page_.items.size() == amount_) {
      page_.has_more = true;
      return false;
    }
    TARN_TRY_ASSIGN(const auto commit, context_.refs.GetCommit(repository_, node.id));
    page_.items.push_back(*commit);
    if (node.id == stop_at_) return false;
    return !(limit_ && page_.items.size() == amount_);
  }

  refs::Page<refs::Commit> Take() { return std::move(page_); }

 private:
  Context& context_;
  const refs::Repository& repository_;
  PathFilter& filter_;
  CommitId after_;  // Not met yet; empty once the page has begun.
  const CommitId stop_at_;
  const bool limit_;
  size_t amount_ = 0;
  refs::Page<refs::Commit> page_;
};

}  // namespace

Result<refs::Page<refs::Commit>> Log(Context& context, const refs::Repository& repository,
                                     const LogRequest& request) {
  TARN_TRY(refs::CheckRef("ref", request.ref));
  TARN_TRY_ASSIGN(const refs::Commit start,
                  ResolveNamed(context, repository, "ref: ", request.ref));
  CommitId after, stop_at;
  if (!request.after.empty()) {
    TARN_TRY_ASSIGN(const auto commit,
                    ResolveNamed(context, repository, "from ref: ", request.after));
    after = commit.id;
  }
  if (!request.stop_at.empty()) {
    TARN_TRY_ASSIGN(const auto commit,
                    ResolveNamed(context, repository, "stop_at: ", request.stop_at));
    stop_at = commit.id;
  }
  PathFilter filter(context, repository, request);
  PageCollector collector(context, repository, request, filter, after, stop_at);
  const refs::LogRequest walk{start.id, request.first_parent, request.since_seconds};
  TARN_TRY(context.refs.Log(repository, walk,
                            [&](const refs::CommitNode& node) { return collector.Visit(node); }));
  return collector.Take();
}

}  // namespace tarn::versioning
