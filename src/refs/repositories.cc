// Records of repositories: reading, listing, creating, and what belongs to one as a whole.

#include "base/blocking.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

constexpr int kRepositoriesPerPage = 1000;

// The state of a record, as the caller who named the repository hears of it.
Status CheckActive(const Repository& repository) {
  if (repository.state == RepositoryState::kActive) return Status();
  return Status(Code::kRepositoryInDeletion, "repository in deletion");
}

}  // namespace

Result<Repository> Store::GetRepository(const RepositoryId& id) {
  if (auto cached = impl_->repositories.Find(id)) return *std::move(cached);
  const uint64_t epoch = impl_->repositories.epoch();
  TARN_TRY_ASSIGN(Repository repository, records::Get(impl_->kv, kRepositories,
                                                      records::kRepositoriesPartition, id.view()));
  TARN_TRY(CheckActive(repository));
  impl_->repositories.Insert(repository, epoch);
  return repository;
}

Result<Page<Repository>> Store::ListRepositories(const PageRequest& request,
                                                 std::string_view search) {
  return records::List(impl_->kv, kRepositories, records::kRepositoriesPartition, request,
                       [&](const Repository& repository) {
                         return repository.id.str().find(search) != std::string::npos;
                       });
}

Status Store::ForEachRepository(std::string_view prefix,
                                const std::function<Status(const Repository&)>& visit) {
  PageRequest request{.prefix = std::string(prefix), .amount = kRepositoriesPerPage};
  for (;;) {
    TARN_TRY_ASSIGN(const auto page, ListRepositories(request, ""));
    for (const Repository& repository : page.items) TARN_TRY(visit(repository));
    if (!page.has_more || page.items.empty()) return Status();
    request.after = page.items.back().id.str();
  }
}

Status Store::CreateRepository(const Repository& repository,
                               const std::optional<Commit>& first_commit,
                               const std::function<Status()>& fill) {
  TARN_TRY_ASSIGN(const auto taken,
                  records::Find(impl_->kv, kRepositories, records::kRepositoriesPartition,
                                repository.id.view()));
  if (taken) {
    TARN_TRY(CheckActive(*taken));
    return kRepositories.taken.ToStatus();
  }
  // Nothing leads to what is written before the record: if this fails or dies, the sweep finds it.
  const std::string partition = repository.partition();
  const Impl::CreationHold hold(*impl_, partition);
  TARN_TRY(impl_->kv.Set(records::kDeletedPartition, partition, EncodeRepository(repository)));
  if (first_commit) {
    TARN_TRY_ASSIGN(const Commit commit, AddCommit(repository, *first_commit));
    Branch branch;
    branch.id = repository.default_branch;
    branch.commit = commit.id;
    branch.staging_token =
        StagingToken(repository.id.str() + "-" + branch.id.str() + ":" + NewUuid(impl_->random));
    TARN_TRY(CreateBranch(repository, branch));
  }
  if (fill) TARN_TRY(fill());
  // If someone else was first, what was just written belongs to nobody.
  Status written = records::Create(impl_->kv, kRepositories, records::kRepositoriesPartition,
                                   repository.id.view(), repository);
  impl_->repositories.Forget(repository.id);
  TARN_TRY(std::move(written));
  // Unless it has been deleted since.
  IgnoreError(records::RemoveIfStill(impl_->kv, records::kDeletedPartition, partition,
                                     EncodeRepository(repository)),
              "the sweep finds the record");
  return Status();
}

Result<Metadata> Store::GetRepositoryMetadata(const Repository& repository) {
  TARN_TRY_ASSIGN(const auto bytes, impl_->kv.Get(repository.partition(), records::kMetadataKey));
  if (!bytes) return Metadata();
  return DecodeMetadata(*bytes);
}

Status Store::UpdateRepositoryMetadata(const Repository& repository,
                                       const std::function<void(Metadata*)>& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    Metadata metadata;
    if (found) {
      TARN_TRY_ASSIGN(metadata, DecodeMetadata(*found));
    }
    change(&metadata);
    return std::optional(EncodeMetadata(metadata));
  };
  return records::UpdateRecord(impl_->kv, impl_->random, repository.partition(),
                               records::kMetadataKey, "update repository metadata", edit);
}

Result<std::optional<std::string>> Store::GetSetting(const Repository& repository,
                                                     std::string_view name) {
  return impl_->kv.Get(repository.partition(), records::Key(records::kSettingPrefix, name));
}

Status Store::SetSetting(const Repository& repository, std::string_view name,
                         std::string_view bytes, const std::optional<kv::Predicate>& predicate) {
  const std::string partition = repository.partition();
  const std::string key = records::Key(records::kSettingPrefix, name);
  if (!predicate) return impl_->kv.Set(partition, key, bytes);
  return impl_->kv.SetIf(partition, key, bytes, *predicate);
}

}  // namespace tarn::refs
