// From a ref expression to a commit: the base (a full commit id, a branch, a tag, the beginning of
// a commit id; the first hit wins), then its modifiers from left to right.

#include <algorithm>

#include "records/layout.h"
#include "refs/expression.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

constexpr size_t kCommitIdLength = 64;

Status NotFound() { return Status(Code::kNotFound, "not found"); }

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

// The only commit whose id begins so; kNotFound if there is none or more than one.
Result<CommitId> FindByPrefix(kv::Store& kv, const Repository& repository,
                              std::string_view prefix) {
  TARN_TRY_ASSIGN(const auto it,
                  kv.Scan(repository.partition(), records::Key(records::kCommitPrefix, prefix)));
  TARN_TRY(it->Seek(""));
  if (!it->Valid()) return NotFound();
  CommitId id(it->key().substr(records::kCommitPrefix.size()));
  TARN_TRY(it->Next());
  if (it->Valid()) return NotFound();
  return id;
}

class Resolver {
 public:
  Resolver(Store& store, kv::Store& kv, const Repository& repository)
      : store_(store), kv_(kv), repository_(repository) {}

  /// Finds what the base names: sets kind and branch, and stands on its commit.
  Status FindBase(std::string_view base, Resolved* resolved) {
    const bool is_hex = base.size() <= kCommitIdLength && IsHex(base);
    if (is_hex && base.size() == kCommitIdLength) {
      Status found = MoveTo(CommitId(base));
      if (found.code() != Code::kCommitNotFound) return found;
    }
    auto branch = store_.GetBranch(repository_, BranchId(base));
    if (branch.ok()) {
      resolved->kind = Resolved::Kind::kBranch;
      resolved->branch = *std::move(branch);
      return MoveToHead(resolved->branch->commit);
    }
    if (branch.code() != Code::kBranchNotFound) return std::move(branch).status();
    const auto tag = store_.GetTag(repository_, TagId(base));
    if (tag.ok()) {
      resolved->kind = Resolved::Kind::kTag;
      return MoveToHead(tag->commit);
    }
    if (tag.code() != Code::kTagNotFound) return tag.status();
    if (!is_hex) return NotFound();
    TARN_TRY_ASSIGN(const CommitId id, FindByPrefix(kv_, repository_, base));
    return MoveTo(id);
  }

  /// Applies "~N" or "^N".
  Status Walk(const Modifier& modifier) {
    if (modifier.kind == '^') {
      const std::vector<CommitId>& parents = commit_->parents;
      if (modifier.number == 0) return Status();
      if (modifier.number < 0 || static_cast<uint64_t>(modifier.number) > parents.size()) {
        return InvalidRef();
      }
      return MoveTo(parents[static_cast<size_t>(modifier.number - 1)]);
    }
    for (int64_t i = 0; i < modifier.number; ++i) {
      if (commit_->parents.empty()) return NotFound();
      TARN_TRY(MoveTo(commit_->parents.front()));
    }
    return Status();
  }

  const Commit& commit() const { return *commit_; }

 private:
  // A branch or tag without a commit id is that of a repository without commits.
  Status MoveToHead(const CommitId& id) {
    return id.empty() ? InvalidRef().Suffixed(": no commit") : MoveTo(id);
  }

  Status MoveTo(const CommitId& id) {
    TARN_TRY_ASSIGN(commit_, store_.GetCommit(repository_, id));
    return Status();
  }

  Store& store_;
  kv::Store& kv_;
  const Repository& repository_;
  std::shared_ptr<const Commit> commit_;
};

}  // namespace

Result<Resolved> Store::Resolve(const Repository& repository, std::string_view text) {
  TARN_TRY_ASSIGN(const Expression expression, ParseExpression(text));
  Resolver resolver(*this, impl_->kv, repository);
  Resolved resolved;
  TARN_TRY(resolver.FindBase(expression.base, &resolved));
  resolved.with_staging = resolved.kind == Resolved::Kind::kBranch;
  for (const Modifier& modifier : expression.modifiers) {
    if (modifier.kind == '@' || modifier.kind == '$') {
      if (!resolved.branch || expression.modifiers.size() != 1) return InvalidRef();
      resolved.staging_marked = modifier.kind == '$';
      resolved.with_staging = resolved.staging_marked;
    } else {
      TARN_TRY(resolver.Walk(modifier));
      resolved.with_staging = false;
    }
  }
  // With "~" or "^" the expression means a commit, whatever its base was.
  if (!expression.modifiers.empty() && !resolved.with_staging &&
      expression.modifiers.back().kind != '@') {
    resolved.kind = Resolved::Kind::kCommit;
    resolved.branch.reset();
  }
  resolved.commit = resolver.commit();
  return resolved;
}

Result<Commit> Store::ResolveCommit(const Repository& repository, std::string_view text) {
  TARN_TRY_ASSIGN(Resolved resolved, Resolve(repository, text));
  if (resolved.staging_marked) return InvalidRef().Suffixed(": should point to a commit");
  return std::move(resolved.commit);
}

}  // namespace tarn::refs
