// Objects made from others: copies, and the same object with other metadata.
#include "catalog/address_provider.h"
#include "catalog/catalog.h"
#include "catalog/content_headers.h"
#include "catalog/stage_entry.h"
#include "refs/names.h"
#include "versioning/branch/staged_update.h"

namespace tarn::catalog {

Result<PathEntry> Catalog::CopyObject(const refs::Repository& repository,
                                      const CopyRequest& request) {
  const refs::Repository& source =
      request.source_repository ? *request.source_repository : repository;
  if (source.storage_id != repository.storage_id) {
    return Status(Code::kInvalidRequest, "cannot copy between repositories of different storages");
  }
  if (!request.branch_is_found) TARN_TRY(RequireBranch(context_, repository, request.branch));
  TARN_TRY_ASSIGN(Entry entry, GetEntry(source, request.source_ref, request.source_path));
  if (request.check_source) TARN_TRY(request.check_source(entry));
  TARN_TRY(refs::CheckNewPath("path", request.path));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, request.branch, request.force));

  block::UnlinkedObject object(context_.objects, repository.storage_namespace.view(), NewAddress());
  const bool may_share =
      entry.address_type == AddressType::kRelative && AddressProvider::IsOurs(entry.address);
  TARN_TRY_ASSIGN(
      const block::ObjectProperties stored,
      context_.objects.Copy({source.storage_namespace.view(), entry.address, entry.address_type},
                            object.pointer(), {.may_share = may_share, .size = entry.size}));
  entry.address = object.address();
  entry.address_type = AddressType::kRelative;
  entry.last_modified = stored.last_modified;
  if (request.metadata) entry.metadata = *request.metadata;
  if (!request.content_type.empty()) entry.content_type = request.content_type;
  if (entry.content_type.empty()) entry.content_type = kDefaultContentType;
  TARN_TRY(StageEntry(context_, repository, request.branch, request.path, entry, request.condition,
                      &object));
  return PathEntry{request.path, std::move(entry)};
}

Status Catalog::DeleteObjectIf(const refs::Repository& repository, const BranchId& branch,
                               std::string_view path,
                               const std::function<bool(const Entry&)>& holds) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, branch, /*force=*/false));
  const Status failed(Code::kPreconditionFailed, "the object is not as the condition says");
  Status deleted = versioning::StageDeleteIf(
      context_, repository, branch, path, [&](ValueView current) -> Status {
        TARN_TRY_ASSIGN(const EntryView view, ParseEntry(current.data));
        return holds(ToEntry(view)) ? Status() : failed;
      });
  const bool is_absent =
      deleted.code() == Code::kNotFound || deleted.code() == Code::kBranchNotFound;
  return is_absent ? failed : deleted;
}

Status Catalog::SetUserMetadata(const refs::Repository& repository, const BranchId& branch,
                                std::string_view path, const Metadata& metadata) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckPath("path", path));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, branch, /*force=*/false));
  Status updated = versioning::StageUpdate(
      context_, repository, branch, path, [&](ValueView current) -> Result<Value> {
        TARN_TRY_ASSIGN(const EntryView view, ParseEntry(current.data));
        Entry entry = ToEntry(view);
        Metadata changed = metadata;
        KeepContentHeaders(entry.metadata, &changed);
        entry.metadata = std::move(changed);
        return ToValue(entry);
      });
  if (updated.code() != Code::kNotFound) return updated;
  return std::move(updated).Prefixed("update user metadata on " + repository.id.str() + "/" +
                                     branch.str() + "/" + std::string(path) + ": ");
}

}  // namespace tarn::catalog
