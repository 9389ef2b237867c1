#include "catalog/catalog.h"

#include <algorithm>

#include "catalog/address_provider.h"
#include "catalog/multipart.h"
#include "refs/names.h"
#include "versioning/branch/read.h"

namespace tarn::catalog {

Catalog::Catalog(versioning::Context& context)
    : context_(context),
      addresses_(std::make_unique<AddressProvider>(context.xids, context.clock)),
      multipart_(std::make_unique<MultipartUploads>(*this)) {}

Catalog::~Catalog() = default;

Result<refs::Repository> Catalog::GetRepository(const RepositoryId& id, std::string_view argument) {
  TARN_TRY(refs::CheckRepositoryId(argument, id));
  return context_.refs.GetRepository(id);
}

Result<refs::Page<refs::Repository>> Catalog::ListRepositories(
    const refs::PageRequest& request, std::string_view search,
    const std::function<bool(const RepositoryId&)>& shows) {
  const auto amount = static_cast<size_t>(std::max(request.amount, 1));
  refs::PageRequest rest = request;
  rest.amount = static_cast<int>(amount) + 1;  // one more tells whether there are more
  refs::Page<refs::Repository> shown;
  for (;;) {
    TARN_TRY_ASSIGN(auto page, context_.refs.ListRepositories(rest, search));
    for (refs::Repository& repository : page.items) {
      rest.after = repository.id.str();
      if (!shows(repository.id)) continue;
      shown.has_more = shown.items.size() == amount;
      if (shown.has_more) return shown;
      shown.items.push_back(std::move(repository));
    }
    if (!page.has_more) return shown;
  }
}

Result<Entry> Catalog::GetEntry(const refs::Repository& repository, std::string_view ref,
                                std::string_view path) {
  TARN_TRY(refs::CheckRef("ref", ref));
  TARN_TRY(refs::CheckPath("path", path));
  TARN_TRY_ASSIGN(const refs::Resolved resolved, context_.refs.Resolve(repository, ref));
  TARN_TRY_ASSIGN(const auto found, versioning::ReadValue(context_, repository, resolved, path));
  TARN_TRY_ASSIGN(const EntryView view, ParseEntry(found.view().data));
  return ToEntry(view);
}

Result<std::unique_ptr<block::ObjectStream>> Catalog::OpenObject(const refs::Repository& repository,
                                                                 const Entry& entry,
                                                                 const block::ByteRange& range) {
  return context_.objects.OpenStream(
      {repository.storage_namespace.view(), entry.address, entry.address_type}, range);
}

std::string Catalog::NewAddress() { return addresses_->New(); }

Status Catalog::DeleteObject(const refs::Repository& repository, const BranchId& branch,
                             std::string_view path, bool force, bool no_tombstone) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, branch, force));
  return versioning::StageDelete(context_, repository, branch, path, no_tombstone);
}

Result<std::vector<Status>> Catalog::DeleteObjects(const refs::Repository& repository,
                                                   const BranchId& branch,
                                                   std::span<const std::string> paths, bool force,
                                                   bool no_tombstone) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, branch, force));
  return versioning::StageDeleteMany(context_, repository, branch, paths, no_tombstone);
}

Result<std::string> Catalog::PhysicalAddress(const refs::Repository& repository,
                                             std::string_view address, AddressType type) const {
  auto formatted =
      context_.objects.FormatAddress({repository.storage_namespace.view(), address, type});
  // A stored address that is none must not make its whole listing fail: it is shown as it is.
  if (formatted.code() == Code::kInvalidAddress) return std::string(address);
  return formatted;
}

}  // namespace tarn::catalog
