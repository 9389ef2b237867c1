// Records of repositories: reading, listing, and what belongs to one as a whole.

#include "base/blocking.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

constexpr int kRepositoriesPerPage = 1000;

}  // namespace

Result<Repository> Store::GetRepository(const RepositoryId& id) {
  if (auto cached = impl_->repositories.Find(id)) return *std::move(cached);
  const RepositoryCache::Moment read = impl_->repositories.Now();
  TARN_TRY_ASSIGN(Repository repository, records::Get(impl_->kv, kRepositories,
                                                      records::kRepositoriesPartition, id.view()));
  if (repository.state != RepositoryState::kActive) {
    TARN_TRY_ASSIGN(const bool creating, IsCreating(repository));
    if (creating) return kRepositories.missing.ToStatus();
    return Status(Code::kRepositoryInDeletion, "repository in deletion");
  }
  impl_->repositories.Insert(repository, read);
  return repository;
}

Result<Page<Repository>> Store::ListRepositories(const PageRequest& request,
                                                 std::string_view search) {
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<Repository>> {
    TARN_TRY_ASSIGN(Repository repository, DecodeRepository(bytes));
    TARN_TRY_ASSIGN(const bool creating, IsCreating(repository));
    if (creating || repository.id.str().find(search) == std::string::npos)
      return std::optional<Repository>();
    return std::optional(std::move(repository));
  };
  return records::ListRecords<Repository>(impl_->kv, records::kRepositoriesPartition,
                                          kRepositories.prefix, request, decode);
}

Status Store::ForEachRepository(std::string_view prefix,
                                const std::function<Status(const Repository&)>& visit,
                                Unfinished unfinished) {
  const auto list = [&](const PageRequest& request) {
    if (unfinished == Unfinished::kHidden) return ListRepositories(request, "");
    return records::List(impl_->kv, kRepositories, records::kRepositoriesPartition, request);
  };
  PageRequest request{.prefix = std::string(prefix), .amount = kRepositoriesPerPage};
  for (;;) {
    TARN_TRY_ASSIGN(const auto page, list(request));
    for (const Repository& repository : page.items) TARN_TRY(visit(repository));
    if (!page.has_more || page.items.empty()) return Status();
    request.after = page.items.back().id.str();
  }
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
