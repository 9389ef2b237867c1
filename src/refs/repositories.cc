// Records of repositories: reading, listing, creating, and what belongs to one as a whole.

#include "base/blocking.h"
#include "refs/keys.h"
#include "refs/list_records.h"
#include "refs/records.h"
#include "refs/store_impl.h"
#include "refs/update_record.h"

namespace tarn::refs {
namespace {

Status NotUnique() { return Status(Code::kNotUnique, "not unique"); }

// The state of a record, as the caller who named the repository hears of it.
Status CheckActive(const Repository& repository) {
  if (repository.state == RepositoryState::kActive) return Status();
  return Status(Code::kRepositoryInDeletion, "repository in deletion");
}

}  // namespace

Result<Repository> Store::GetRepository(const RepositoryId& id) {
  if (auto cached = impl_->repositories.Find(id)) return *std::move(cached);
  const uint64_t epoch = impl_->repositories.epoch();
  TARN_TRY_ASSIGN(const auto bytes,
                  impl_->kv.Get(kRepositoriesPartition, Key(kRepositoryPrefix, id.view())));
  if (!bytes) return Status(Code::kRepositoryNotFound, "repository not found");
  TARN_TRY_ASSIGN(Repository repository, DecodeRepository(*bytes));
  TARN_TRY(CheckActive(repository));
  impl_->repositories.Insert(repository, epoch);
  return repository;
}

Result<Page<Repository>> Store::ListRepositories(const PageRequest& request,
                                                 std::string_view search) {
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<Repository>> {
    TARN_TRY_ASSIGN(Repository repository, DecodeRepository(bytes));
    if (repository.id.str().find(search) == std::string::npos) return std::optional<Repository>();
    return std::optional(std::move(repository));
  };
  return ListRecords<Repository>(impl_->kv, kRepositoriesPartition, kRepositoryPrefix, request,
                                 decode);
}

Status Store::CreateRepository(const Repository& repository,
                               const std::optional<Commit>& first_commit,
                               const std::function<Status()>& fill) {
  const std::string key = Key(kRepositoryPrefix, repository.id.view());
  TARN_TRY_ASSIGN(const auto taken, impl_->kv.Get(kRepositoriesPartition, key));
  if (taken) {
    TARN_TRY_ASSIGN(const Repository other, DecodeRepository(*taken));
    TARN_TRY(CheckActive(other));
    return NotUnique();
  }
  // Nothing leads to what is written before the record: if this fails or dies, the sweep finds it.
  const std::string partition = repository.partition();
  const Impl::CreationHold hold(*impl_, partition);
  TARN_TRY(impl_->kv.Set(kDeletedPartition, partition, EncodeRepository(repository)));
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
  Status written = impl_->kv.SetIf(kRepositoriesPartition, key, EncodeRepository(repository),
                                   kv::Predicate::Absent());
  impl_->repositories.Forget(repository.id);
  // Someone else was first; what was just written belongs to nobody.
  if (written.code() == Code::kPredicateFailed) return NotUnique();
  TARN_TRY(std::move(written));
  // Unless it has been deleted since.
  IgnoreError(impl_->kv.DeleteIf(kDeletedPartition, partition,
                                 kv::Predicate::Equals(EncodeRepository(repository))),
              "the sweep finds the record");
  return Status();
}

Result<Metadata> Store::GetRepositoryMetadata(const Repository& repository) {
  TARN_TRY_ASSIGN(const auto bytes, impl_->kv.Get(repository.partition(), kMetadataKey));
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
  return UpdateRecord(impl_->kv, impl_->random, repository.partition(), kMetadataKey,
                      "update repository metadata", edit);
}

Result<std::optional<std::string>> Store::GetSetting(const Repository& repository,
                                                     std::string_view name) {
  return impl_->kv.Get(repository.partition(), Key(kSettingPrefix, name));
}

Status Store::SetSetting(const Repository& repository, std::string_view name,
                         std::string_view bytes, const std::optional<kv::Predicate>& predicate) {
  const std::string partition = repository.partition();
  const std::string key = Key(kSettingPrefix, name);
  if (!predicate) return impl_->kv.Set(partition, key, bytes);
  return impl_->kv.SetIf(partition, key, bytes, *predicate);
}

}  // namespace tarn::refs
