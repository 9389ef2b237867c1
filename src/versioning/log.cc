#include "versioning/log.h"

#include <algorithm>
#include <utility>

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
      : context_(context),
        repository_(repository),
        objects_(NotEmpty(request.objects)),
        prefixes_(NotEmpty(request.prefixes)) {}

  bool filters() const { return !objects_.empty() || !prefixes_.empty(); }

  /// Merges and the root never match: they have no one parent to be compared with.
  Result<bool> Matches(const refs::Commit& commit) {
    if (commit.parents.size() != 1) return false;
    TARN_TRY_ASSIGN(const auto parent,
                    context_.refs.GetCommit(repository_, commit.parents.front()));
    const MetarangeId& before = parent->metarange;
    const MetarangeId& after = commit.metarange;
    if (before == after) return false;
    for (const std::string& path : objects_) {
      TARN_TRY_ASSIGN(const bool changed, ObjectChanged(before, after, path));
      if (changed) return true;
    }
    for (const std::string& prefix : prefixes_) {
      TARN_TRY_ASSIGN(const bool changed, PrefixChanged(before, after, prefix));
      if (changed) return true;
    }
    return false;
  }

 private:
  static std::vector<std::string> NotEmpty(std::vector<std::string> paths) {
    std::erase(paths, "");
    return paths;
  }

  Result<bool> ObjectChanged(const MetarangeId& before, const MetarangeId& after,
                             std::string_view path) {
    const StorageNamespace& ns = repository_.storage_namespace;
    TARN_TRY_ASSIGN(const auto range_before, context_.committed.RangeOf(ns, before, path));
    TARN_TRY_ASSIGN(const auto range_after, context_.committed.RangeOf(ns, after, path));
    if (!range_before && !range_after) return false;
    if (range_before && range_after && range_before->id == range_after->id) return false;
    TARN_TRY_ASSIGN(const auto value_before, context_.committed.Get(ns, before, path));
    TARN_TRY_ASSIGN(const auto value_after, context_.committed.Get(ns, after, path));
    if (!value_before || !value_after) return value_before.has_value() != value_after.has_value();
    return value_before->view().identity != value_after->view().identity;
  }

  Result<bool> PrefixChanged(const MetarangeId& before, const MetarangeId& after,
                             std::string_view prefix) {
    TARN_TRY_ASSIGN(const auto diff,
                    context_.committed.Diff(repository_.storage_namespace, before, after));
    TARN_TRY(diff->Seek(prefix));
    return diff->Valid() && diff->key().starts_with(prefix);
  }

  Context& context_;
  const refs::Repository& repository_;
  const std::vector<std::string> objects_, prefixes_;
};

/// Takes commits in log order and keeps those of the page.
class PageCollector {
 public:
  PageCollector(const LogRequest& request, PathFilter& filter, CommitId after, CommitId stop_at)
      : filter_(filter),
        after_(std::move(after)),
        stop_at_(std::move(stop_at)),
        limit_(request.limit) {
    const int wanted = request.amount <= 0 ? kDefaultAmount : std::min(request.amount, kAmountMax);
    amount_ = static_cast<size_t>(wanted);
  }

  /// False when the page is complete.
  Result<bool> Visit(const refs::Commit& commit) {
    if (!after_.empty()) {
      if (commit.id == after_) after_ = CommitId();
      return true;
    }
    if (filter_.filters()) {
      TARN_TRY_ASSIGN(const bool matches, filter_.Matches(commit));
      if (!matches) return true;
    }
    if (page_.items.size() == amount_) {
      page_.has_more = true;
      return false;
    }
    page_.items.push_back(commit);
    if (commit.id == stop_at_) return false;
    return !(limit_ && page_.items.size() == amount_);
  }

  refs::Page<refs::Commit> Take() { return std::move(page_); }

 private:
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
  PageCollector collector(request, filter, after, stop_at);
  const refs::LogRequest walk{start.id, request.first_parent, request.since_seconds};
  TARN_TRY(context.refs.Log(repository, walk,
                            [&](const refs::Commit& commit) { return collector.Visit(commit); }));
  return collector.Take();
}

}  // namespace tarn::versioning
