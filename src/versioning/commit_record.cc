#include "versioning/commit_record.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace tarn::versioning {
namespace {

Status Invalid(std::string_view what) {
  return Status(Code::kInvalidValue, std::string(what) + ": invalid value: validation error");
}

}  // namespace

Status CheckTreeExists(Context& context, const refs::Repository& repository,
                       const MetarangeId& tree) {
  const auto not_found = [] { return Status(Code::kNotFound, "metarange not found"); };
  // Names of tables are digests; anything else might lead out of their folder.
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (!std::all_of(tree.view().begin(), tree.view().end(), fits)) return not_found();
  Status status = ToStatus(context.committed.Ranges(repository.storage_namespace, tree));
  // What is there and holds no ranges is another kind of table.
  const bool other = status.code() == Code::kDataNotFound || status.code() == Code::kCorrupt;
  return other ? not_found() : status;
}

Status InvalidGeneration(const refs::Commit& commit) {
  return Invalid("commit generation " + std::to_string(commit.generation));
}

Result<int32_t> CheckCommitRecord(Context& context, const refs::Repository& repository,
                                  const refs::Commit& commit, const FindParentFn& find_parent) {
  if (commit.generation < 1 || commit.generation > refs::kRecordGenerationMax) {
    return InvalidGeneration(commit);
  }
  int32_t greatest = 0;
  for (const CommitId& id : commit.parents) {
    const auto parent = find_parent(id);
    if (parent.code() == Code::kCommitNotFound) {
      return Invalid("parent " + id.str() + ": commit not found");
    }
    TARN_TRY(parent.status());
    greatest = std::max(greatest, parent->generation);
  }
  Status tree = CheckTreeExists(context, repository, commit.metarange);
  if (tree.code() == Code::kNotFound) {
    return Invalid("metarange " + commit.metarange.str() + ": not found");
  }
  TARN_TRY(std::move(tree));
  return greatest;
}

}  // namespace tarn::versioning
