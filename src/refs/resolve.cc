// From a ref expression to a commit: the base (a full commit id, a branch, a tag, the beginning of
// a commit id; the first hit wins), then its modifiers from left to right.

#include <algorithm>

#include "refs/expression.h"
#include "refs/keys.h"
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
  TARN_TRY_ASSIGN(const auto it, kv.Scan(repository.partition(), Key(kCommitPrefix, prefix)));
  TARN_TRY(it->Seek(""));
  if (!it->Valid()) return NotFound();
  CommitId id(it->key().substr(kCommitPrefix.size()));
  TARN_TRY(it->Next());
  if (it->Valid()) return NotFound();
  return id;
}

class Resolver {
 public:
  Resolver(Store& store, const Repository& repository) : store_(store), repository_(repository) {}

  Result<Resolved> ResolveBase(std::string_view base) {
    const bool is_hex = base.size() <= kCommitIdLength && IsHex(base);
    Resolved resolved;
    if (is_hex && base.size() == kCommitIdLength) {
      TARN_TRY_ASSIGN(const bool found, Load(CommitId(base), &resolved));
      if (found) return resolved;
    }
    auto branch = store_.GetBranch(repository_, BranchId(base));
    if (branch.ok()) {
      resolved.kind = Resolved::Kind::kBranch;
      resolved.branch = *std::move(branch);
      return LoadHead(resolved.branch->commit, std::move(resolved));
    }
    if (branch.code() != Code::kBranchNotFound) return std::move(branch).status();
    const auto tag = store_.GetTag(repository_, TagId(base));
    if (tag.ok()) {
      resolved.kind = Resolved::Kind::kTag;
      return LoadHead(tag->commit, std::move(resolved));
    }
    if (tag.code() != Code::kTagNotFound) return tag.status();
    if (!is_hex) return NotFound();
    TARN_TRY_ASSIGN(const CommitId id, FindByPrefix(store_.kv(), repository_, base));
    return LoadHead(id, std::move(resolved));
  }

  /// Applies "~N" or "^N" to the commit.
  Status Walk(const Modifier& modifier, Resolved* resolved) {
    const std::vector<CommitId>& parents = resolved->commit.parents;
    if (modifier.kind == '^') {
      if (modifier.number == 0) return Status();
      if (modifier.number < 0 || static_cast<uint64_t>(modifier.number) > parents.size()) {
        return InvalidRef();
      }
      return MoveTo(CommitId(parents[static_cast<size_t>(modifier.number - 1)]), resolved);
    }
    for (int64_t i = 0; i < modifier.number; ++i) {
      if (parents.empty()) return NotFound();
      TARN_TRY(MoveTo(CommitId(parents.front()), resolved));
    }
    return Status();
  }

 private:
  // A branch or tag names a commit; an empty name is that of a repository without any.
  Result<Resolved> LoadHead(const CommitId& id, Resolved resolved) {
    if (id.empty()) return InvalidRef().Suffixed(": no commit");
    TARN_TRY(MoveTo(id, &resolved));
    return resolved;
  }

  Status MoveTo(const CommitId& id, Resolved* resolved) {
    TARN_TRY_ASSIGN(const auto commit, store_.GetCommit(repository_, id));
    resolved->commit = *commit;
    return Status();
  }

  Result<bool> Load(const CommitId& id, Resolved* resolved) {
    const auto commit = store_.GetCommit(repository_, id);
    if (commit.code() == Code::kCommitNotFound) return false;
    if (!commit.ok()) return commit.status();
    resolved->commit = **commit;
    return true;
  }

  Store& store_;
  const Repository& repository_;
};

}  // namespace

Result<Resolved> Store::Resolve(const Repository& repository, std::string_view text) {
  TARN_TRY_ASSIGN(const Expression expression, ParseExpression(text));
  Resolver resolver(*this, repository);
  TARN_TRY_ASSIGN(Resolved resolved, resolver.ResolveBase(expression.base));
  resolved.with_staging = resolved.kind == Resolved::Kind::kBranch;
  for (const Modifier& modifier : expression.modifiers) {
    if (modifier.kind == '@' || modifier.kind == '$') {
      if (!resolved.branch || expression.modifiers.size() != 1) return InvalidRef();
      resolved.staging_marked = modifier.kind == '$';
      resolved.with_staging = resolved.staging_marked;
    } else {
      TARN_TRY(resolver.Walk(modifier, &resolved));
      resolved.with_staging = false;
    }
  }
  // With "~" or "^" the expression means a commit, whatever its base was.
  if (!expression.modifiers.empty() && !resolved.with_staging &&
      expression.modifiers.back().kind != '@') {
    resolved.kind = Resolved::Kind::kCommit;
    resolved.branch.reset();
  }
  return resolved;
}

Result<Commit> Store::ResolveCommit(const Repository& repository, std::string_view text) {
  TARN_TRY_ASSIGN(Resolved resolved, Resolve(repository, text));
  if (resolved.staging_marked) return InvalidRef().Suffixed(": should point to a commit");
  return std::move(resolved.commit);
}

}  // namespace tarn::refs
