// Records of branches and tags.

#include <algorithm>

#include "codec/utf8.h"
#include "records/staging_token.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {

Result<Branch> Store::GetBranch(const Repository& repository, const BranchId& id) {
  return records::Get(impl_->kv, kBranches, repository.partition(), id.view());
}

Result<Page<Branch>> Store::ListBranches(const Repository& repository, const PageRequest& request,
                                         bool with_hidden) {
  return records::List(impl_->kv, kBranches, repository.partition(), request,
                       [&](const Branch& branch) { return with_hidden || !branch.hidden; });
}

Status Store::CreateBranch(const Repository& repository, const Branch& branch) {
  return records::Create(impl_->kv, kBranches, repository.partition(), branch.id.view(), branch);
}

Status Store::DeleteBranch(const Repository& repository, const BranchId& id,
                           const std::function<Status(const Branch&)>& prepare) {
  return records::Remove(impl_->kv, impl_->random, kBranches, repository.partition(), id.view(),
                         prepare);
}

Result<std::vector<Store::Owner>> Store::FindTokenOwners(const StagingToken& token) {
  const std::string_view owner = records::OwnerOfToken(token);
  std::vector<Owner> owners;
  for (size_t dash = owner.find('-'); dash != std::string_view::npos;
       dash = owner.find('-', dash + 1)) {
    const std::string_view repository_id = owner.substr(0, dash);
    const std::string_view branch_id = owner.substr(dash + 1);
    if (repository_id.empty() || branch_id.empty()) continue;
    // Not from the cache: a name may have been used again.
    TARN_TRY_ASSIGN(auto repository, records::Find(impl_->kv, kRepositories,
                                                   records::kRepositoriesPartition, repository_id));
    if (repository) owners.emplace_back(*std::move(repository), BranchId(branch_id));
  }
  return owners;
}

Result<bool> Store::IsTokenNamed(const StagingToken& token) {
  const std::string_view owner = records::OwnerOfToken(token);
  const size_t dash = owner.find('-', 1);
  if (dash >= owner.size() - 1) return true;
  TARN_TRY_ASSIGN(const std::vector<Owner> owners, FindTokenOwners(token));
  for (const auto& [repository, id] : owners) {
    const auto branch = GetBranch(repository, id);
    if (branch.code() == Code::kBranchNotFound) continue;
    TARN_TRY(branch.status());
    const std::vector<StagingToken> named = branch->tokens();
    if (std::find(named.begin(), named.end(), token) != named.end()) return true;
  }
  return false;
}

Status Store::UpdateBranch(const Repository& repository, const BranchId& id,
                           const std::function<Result<bool>(Branch*)>& change) {
  return records::Update(impl_->kv, impl_->random, kBranches, repository.partition(), id.view(),
                         change);
}

Result<Tag> Store::GetTag(const Repository& repository, const TagId& id) {
  return records::Get(impl_->kv, kTags, repository.partition(), id.view());
}

Result<Page<Tag>> Store::ListTags(const Repository& repository, const PageRequest& request) {
  return records::List(impl_->kv, kTags, repository.partition(), request);
}

Status Store::CreateTag(const Repository& repository, const Tag& tag) {
  // Protobuf text is UTF-8; what cannot be read back must not be written.
  if (!IsValidUtf8(tag.id.view())) {
    return Status(Code::kInvalidValue, "tag id: invalid value: validation error");
  }
  return records::Create(impl_->kv, kTags, repository.partition(), tag.id.view(), tag);
}

Status Store::DeleteTag(const Repository& repository, const TagId& id) {
  return records::Remove(impl_->kv, impl_->random, kTags, repository.partition(), id.view(),
                         [](const Tag&) { return Status(); });
}

}  // namespace tarn::refs
