#include "s3gw/handlers.h"

namespace tarn::s3gw {

Answer ListBuckets(Call&) { return Error::kNotImplemented; }
Answer HeadBucket(Call&) { return Error::kNotImplemented; }
Answer PutBucket(Call&) { return Error::kNotImplemented; }
Answer DeleteBucket(Call&) { return Error::kNotImplemented; }
Answer GetBucketLocation(Call&) { return Error::kNotImplemented; }
Answer GetBucketVersioning(Call&) { return Error::kNotImplemented; }
Answer ListObjects(Call&) { return Error::kNotImplemented; }
Answer ListMultipartUploads(Call&) { return Error::kNotImplemented; }
Answer DeleteObjects(Call&) { return Error::kNotImplemented; }
Answer PostBucket(Call&) { return Error::kNotImplemented; }
Opening UploadPart(Call&) { return Error::kNotImplemented; }
Answer UploadPartCopy(Call&) { return Error::kNotImplemented; }
Answer CreateMultipartUpload(Call&) { return Error::kNotImplemented; }
Answer ListParts(Call&) { return Error::kNotImplemented; }
Answer CompleteMultipartUpload(Call&) { return Error::kNotImplemented; }
Answer AbortMultipartUpload(Call&) { return Error::kNotImplemented; }

}  // namespace tarn::s3gw
