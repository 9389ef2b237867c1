#include "catalog/client_upload.h"

#include "base/text.h"
#include "refs/names.h"
#include "versioning/branch/staged_write.h"

namespace tarn::catalog {

Result<PathEntry> CompleteClientUpload(Catalog& catalog, block::ClientUploads& uploads,
                                       const refs::Repository& repository, const UploadName& name,
                                       const CompletionRequest& request) {
  TARN_TRY(CheckPartOrder(request.parts));
  // What would refuse the link shall refuse before the upload is over.
  versioning::Context& context = catalog.context();
  TARN_TRY(refs::CheckBranchId("branch", name.branch));
  TARN_TRY(refs::CheckNewPath("path", name.path));
  TARN_TRY(versioning::CheckStagedWrite(context, repository, name.branch, /*force=*/false));
  TARN_TRY(context.refs.GetBranch(repository, name.branch));
  const block::ClientUpload upload{{repository.storage_namespace.view(), name.address}, name.id};
  auto stored = uploads.Complete(upload, request.parts);
  if (stored.code() == Code::kNotFound) return Status(Code::kNotFound, "upload not found");
  TARN_TRY(stored.status());
  PathEntry done{.path = name.path, .entry = {}};
  done.entry.address = name.address;
  done.entry.checksum = WithoutQuotes(stored->entity_tag);
  done.entry.size = stored->size;
  done.entry.last_modified = stored->last_modified;
  done.entry.metadata = request.metadata;
  done.entry.content_type =
      request.content_type.empty() ? std::string(kDefaultContentType) : request.content_type;
  TARN_TRY(catalog.LinkObject(repository, name.branch, name.path, done.entry, request.condition,
                              /*force=*/false));
  return done;
}

}  // namespace tarn::catalog
