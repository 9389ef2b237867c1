// The end of uploads in parts that the store itself keeps (block/client_uploads.h): nothing of them
// is recorded here. Level 7; thread-safe, blocks.
#pragma once

#include "catalog/catalog.h"
#include "catalog/multipart.h"

namespace tarn::catalog {

/// Lets the store make the object and links it, as MultipartUploads::Complete does. kNotFound
/// "upload not found". What a refused link leaves is an object at an address that only its client
/// knows; the same call again links it.
Result<PathEntry> CompleteClientUpload(Catalog& catalog, block::ClientUploads& uploads,
                                       const refs::Repository& repository, const UploadName& name,
                                       const CompletionRequest& request);

}  // namespace tarn::catalog
