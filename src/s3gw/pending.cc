#include "s3gw/handlers.h"

namespace tarn::s3gw {

Answer ListMultipartUploads(Call&) { return Error::kNotImplemented; }
Opening UploadPart(Call&) { return Error::kNotImplemented; }
Answer UploadPartCopy(Call&) { return Error::kNotImplemented; }
Answer CreateMultipartUpload(Call&) { return Error::kNotImplemented; }
Answer ListParts(Call&) { return Error::kNotImplemented; }
Answer CompleteMultipartUpload(Call&) { return Error::kNotImplemented; }
Answer AbortMultipartUpload(Call&) { return Error::kNotImplemented; }

}  // namespace tarn::s3gw
