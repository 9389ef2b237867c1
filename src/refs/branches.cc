// Records of branches and tags.

#include <algorithm>

#include "codec/utf8.h"
#include "refs/delete_branch.h"
#include "refs/keys.h"
#include "refs/list_records.h"
#include "refs/records.h"
#include "refs/store_impl.h"
#include "refs/update_record.h"

namespace tarn::refs {
namespace {

Status BranchNotFound() { return Status(Code::kBranchNotFound, "branch not found"); }
Status TagNotFound() { return Status(Code::kTagNotFound, "tag not found"); }

Status CreateRecord(kv::Store& kv, const Repository& repository, std::string_view key,
                    std::string_view bytes, std::string_view if_taken) {
  Status written = kv.SetIf(repository.partition(), key, bytes, kv::Predicate::Absent());
  if (written.code() != Code::kPredicateFailed) return written;
  return Status(Code::kNotUnique, std::string(if_taken));
}

}  // namespace

Result<Branch> Store::GetBranch(const Repository& repository, const BranchId& id) {
  TARN_TRY_ASSIGN(const auto bytes,
                  impl_->kv.Get(repository.partition(), Key(kBranchPrefix, id.view())));
  if (!bytes) return BranchNotFound();
  return DecodeBranch(*bytes);
}

Result<Page<Branch>> Store::ListBranches(const Repository& repository, const PageRequest& request,
                                         bool with_hidden) {
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<Branch>> {
    TARN_TRY_ASSIGN(Branch branch, DecodeBranch(bytes));
    if (branch.hidden && !with_hidden) return std::optional<Branch>();
    return std::optional(std::move(branch));
  };
  return ListRecords<Branch>(impl_->kv, repository.partition(), kBranchPrefix, request, decode);
}

Status Store::CreateBranch(const Repository& repository, const Branch& branch) {
  return CreateRecord(impl_->kv, repository, Key(kBranchPrefix, branch.id.view()),
                      EncodeBranch(branch), "branch already exists: not unique");
}

Status Store::DeleteBranch(const Repository& repository, const BranchId& id,
                           const std::function<Status(const Branch&)>& prepare) {
  return DeleteBranchRecord(impl_->kv, repository.partition(), Key(kBranchPrefix, id.view()),
                            prepare);
}

Result<bool> Store::IsTokenNamed(const StagingToken& token) {
  const std::string_view text = token.view();
  const std::string_view owner = text.substr(0, text.rfind(':'));
  bool readable = false;
  // Both names may have dashes: each may be the one in between.
  for (size_t dash = owner.find('-'); dash != std::string_view::npos;
       dash = owner.find('-', dash + 1)) {
    const std::string_view repository_id = owner.substr(0, dash);
    const std::string_view branch_id = owner.substr(dash + 1);
    if (repository_id.empty() || branch_id.empty()) continue;
    readable = owner.size() < text.size();
    // Not from the cache: a name may have been used again.
    TARN_TRY_ASSIGN(const auto found,
                    impl_->kv.Get(kRepositoriesPartition, Key(kRepositoryPrefix, repository_id)));
    if (!found) continue;
    TARN_TRY_ASSIGN(const Repository repository, DecodeRepository(*found));
    const auto branch = GetBranch(repository, BranchId(branch_id));
    if (branch.code() == Code::kBranchNotFound) continue;
    TARN_TRY(branch.status());
    const std::vector<StagingToken> named = branch->tokens();
    if (std::find(named.begin(), named.end(), token) != named.end()) return true;
  }
  return !readable;
}

Status Store::UpdateBranch(const Repository& repository, const BranchId& id,
                           const std::function<Result<bool>(Branch*)>& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return BranchNotFound();
    TARN_TRY_ASSIGN(Branch branch, DecodeBranch(*found));
    TARN_TRY_ASSIGN(const bool changed, change(&branch));
    if (!changed) return std::optional<std::string>();
    return std::optional(EncodeBranch(branch));
  };
  return UpdateRecord(impl_->kv, impl_->random, repository.partition(),
                      Key(kBranchPrefix, id.view()), "update branch", edit);
}

Result<Tag> Store::GetTag(const Repository& repository, const TagId& id) {
  TARN_TRY_ASSIGN(const auto bytes,
                  impl_->kv.Get(repository.partition(), Key(kTagPrefix, id.view())));
  if (!bytes) return TagNotFound();
  return DecodeTag(*bytes);
}

Result<Page<Tag>> Store::ListTags(const Repository& repository, const PageRequest& request) {
  const auto decode = [](std::string_view bytes) -> Result<std::optional<Tag>> {
    TARN_TRY_ASSIGN(Tag tag, DecodeTag(bytes));
    return std::optional(std::move(tag));
  };
  return ListRecords<Tag>(impl_->kv, repository.partition(), kTagPrefix, request, decode);
}

Status Store::CreateTag(const Repository& repository, const Tag& tag) {
  // Protobuf text is UTF-8; what cannot be read back must not be written.
  if (!IsValidUtf8(tag.id.view())) {
    return Status(Code::kInvalidValue, "tag id: invalid value: validation error");
  }
  return CreateRecord(impl_->kv, repository, Key(kTagPrefix, tag.id.view()), EncodeTag(tag),
                      "tag already exists: not unique");
}

Status Store::DeleteTag(const Repository& repository, const TagId& id) {
  const std::string partition = repository.partition();
  const std::string key = Key(kTagPrefix, id.view());
  TARN_TRY_ASSIGN(const auto found, impl_->kv.Get(partition, key));
  if (!found) return TagNotFound();
  return impl_->kv.Delete(partition, key);
}

}  // namespace tarn::refs
