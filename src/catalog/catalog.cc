#include "catalog/catalog.h"

#include "catalog/address_provider.h"
#include "catalog/multipart.h"
#include "refs/names.h"
#include "versioning/branch/read.h"

namespace tarn::catalog {

Catalog::Catalog(versioning::Context& context)
    : context_(context),
      addresses_(std::make_unique<AddressProvider>(context.refs.xids(), context.clock)),
      multipart_(std::make_unique<MultipartUploads>(*this)) {}

Catalog::~Catalog() = default;

Result<refs::Repository> Catalog::GetRepository(const RepositoryId& id, std::string_view argument) {
  TARN_TRY(refs::CheckRepositoryId(argument, id));
  return context_.refs.GetRepository(id);
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
